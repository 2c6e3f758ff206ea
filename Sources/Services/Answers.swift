internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store

/// How the answer to a mutating call is rendered from the customer. The numbers are kept in the journal with each
/// answered idempotency key: they never change their meaning.
enum AnswerForm: UInt32 {
  /// CreateCustomer: the customer, and the challenge to sign.
  case customerAndChallenge = 1
  /// Every other: the customer.
  case customer = 2
}

// Every response with a customer has it in field 1; a test holds the generated messages to that.

extension ServiceDispatcher {
  /// Renders the answer to a mutating call that left the customer as given.
  func render(_ customer: CustomerRecord, as form: AnswerForm, into writer: inout WireWriter) {
    var challenges = ChallengeRendering(under: store.settings.terms)
    render(customer, as: form, by: &challenges, into: &writer)
  }

  /// The same for one of several answers.
  ///
  /// - Parameter challenges: what the challenges are rendered by.
  func render(
    _ customer: borrowing CustomerRecord, as form: AnswerForm, by challenges: inout ChallengeRendering,
    into writer: inout WireWriter
  ) {
    typealias Field = GatehouseV1.CreateCustomerResponse.Field
    switch form {
    case .customer: customer.renderAnswer(customer: Field.customer, into: &writer)
    case .customerAndChallenge:
      customer.renderAnswer(
        customer: Field.customer, challenge: Field.challenge, by: &challenges, into: &writer)
    }
  }

  /// Looks at a mutating call's idempotency key before anything else is done.
  ///
  /// - Returns: nil when the call has been answered, now or soon, as it was the first time. Otherwise what to remember
  ///   with the answer, which is nothing for a call without a key.
  func begin(
    _ call: borrowing CallRequest,
    key: String,
    form: AnswerForm,
    on store: isolated CustomerStore
  ) throws(Status) -> Beginning? {
    if key.isEmpty {
      try requireRoom(on: store)
      return Beginning(remembering: nil)
    }
    try RequestValidation.idempotencyKey(key)
    let check = store.checkRepeat(
      key: call.caller.scoped(key), principal: call.caller.principal, method: call.method.path, form: form.rawValue,
      request: call.payload)
    switch check {
    case .fresh(let answered):
      try requireRoom(on: store)
      return Beginning(remembering: answered)
    case .reused:
      throw .keyReused
    case .answered(let before):
      try answerAgain(before, call, on: store)
      return nil
    }
  }

  /// Refuses what would have to be written when the disk cannot take it: before anything is decided, so that nothing is
  /// decided that may never be told.
  func requireRoom(on store: isolated CustomerStore) throws(Status) {
    if store.lacksSpace { throw .diskFull }
    if store.isOverloaded { throw .overloaded }
  }

  /// What a mutating call begins with.
  struct Beginning {
    /// To be remembered with the answer; nil for a call without a key.
    var remembering: AnsweredCall?
  }

  private func answerAgain(
    _ before: AnsweredBefore,
    _ call: borrowing CallRequest,
    on store: isolated CustomerStore
  ) throws(Status) {
    let hub = store.hub
    if hub.recentBatch(holding: before.revision) != nil {
      let answer = try answer(before, from: hub)
      call.succeed { render(answer.customer, as: answer.form, into: &$0) }
      return
    }
    // Not recent, so it has long been durable: the answer need not wait for this turn.
    let address = call.returnAddress
    let isTaken = workers.submit { [self] in
      do throws(Status) {
        let answer = try answer(before, from: hub)
        address.deliver { render(answer.customer, as: answer.form, into: &$0) }
      } catch {
        address.deliver(error)
      }
    }
    if !isTaken { throw .overloaded }
  }

  /// The first answer again, to a call that was answered a moment ago.
  func answerOfRecent(_ before: AnsweredBefore, on store: isolated CustomerStore) throws(Status) -> CustomerRecord {
    guard store.hub.recentBatch(holding: before.revision) != nil else { throw .overloaded }
    return try answer(before, from: store.hub).customer
  }

  /// The customer that an answer showed.
  private static func customer(of before: AnsweredBefore, from hub: WatchHub) throws(Status) -> CustomerRecord? {
    do throws(HistoryError) {
      return try hub.record(at: before.revision).customer
    } catch {
      // The window is shorter than what is kept of the log, so the answer is to a call that changed nothing, about a
      // customer whose last change was let go. Where it has not changed since, this is the first answer, byte for byte.
      if case .compacted = error { return before.customer }
      throw .historyUnreadable(error)
    }
  }

  /// The first answer again: the customer as it was, or the refusal that was answered though something changed.
  private func answer(
    _ before: AnsweredBefore,
    from hub: WatchHub
  ) throws(Status) -> (customer: CustomerRecord, form: AnswerForm) {
    guard let customer = try Self.customer(of: before, from: hub), let form = AnswerForm(rawValue: before.form) else {
      throw Status(.internal, .internal, "the answer to this idempotency key cannot be read back")
    }
    switch GatehouseV1.Reason(rawValue: Int32(bitPattern: before.refusal)) {
    case .unspecified: return (customer, form)
    case .signatureMismatch:
      guard case .initiating(let proof) = customer.standing else { break }
      throw .signatureMismatch(attemptsLeft: proof.attemptsLeft(under: store.settings.policy))
    case .challengeExpired: throw .challengeExpired
    default: break
    }
    throw Status(.internal, .internal, "the answer to this idempotency key cannot be read back")
  }
}
