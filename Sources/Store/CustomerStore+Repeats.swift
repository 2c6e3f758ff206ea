internal import Lifecycle

/// Whether a call with an idempotency key was answered before.
public enum RepeatCheck: Sendable {
  /// It was not: go on, and have this remembered with the answer.
  case fresh(AnsweredCall)
  /// The same call was answered before: render the answer again, from the event of that revision.
  case answered(AnsweredBefore)
  /// The key was used for another request.
  case reused
}

/// How a call was answered the first time.
public struct AnsweredBefore: Sendable {
  /// The event that the answer was rendered from.
  public var revision: UInt64
  /// How the answer is rendered, as the caller of the store counts forms.
  public var form: UInt32
  /// The refusal that was answered, a value of `gatehouse.v1.Reason`; 0 when the call succeeded.
  public var refusal: UInt32
  /// The customer that the answer showed, as it is now: for an answer that is from a part of the log that was let go.
  public var customer: CustomerRecord
}

extension CustomerStore {
  /// Looks a call's key up.
  ///
  /// - Parameters:
  ///   - method: the method's full name; with the request it tells one call from another.
  ///   - form: how the answer is rendered, kept with it. The numbers are kept on disk: they never change their meaning.
  public func checkRepeat(
    key: String,
    principal: String,
    method: String,
    form: UInt32,
    request: UnsafeRawBufferPointer
  ) -> RepeatCheck {
    let call = AnsweredCall(
      key: key, digest: StoreState.digest(ofMethod: method, request: request), form: form, refusal: 0,
      answeredRevision: 0)
    return checkRepeat(of: call, principal: principal)
  }

  /// Looks a call up that was fresh before, and may have been answered since.
  public func checkRepeat(of call: AnsweredCall, principal: String) -> RepeatCheck {
    guard let entry = state.answer(under: state.digest(ofKey: call.key, principal: principal), at: now)
    else {
      return .fresh(call)
    }
    guard entry.digest == call.digest else { return .reused }
    // What this very turn decided can be read back only once it is sealed.
    seal()
    return .answered(
      AnsweredBefore(
        revision: entry.revision, form: entry.form, refusal: entry.refusal, customer: state[entry.slot]))
  }
}
