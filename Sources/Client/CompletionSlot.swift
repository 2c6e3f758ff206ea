internal import Synchronization

/// Where a call's end and the task that waits for it meet, whichever comes first.
final class CompletionSlot: Sendable {
  typealias Outcome = Result<[UInt8], GatehouseError>

  private enum State {
    case empty
    case waiting(CheckedContinuation<Outcome, Never>)
    case filled(Outcome)
  }

  private let state = Mutex(State.empty)

  /// Called once.
  func wait(_ continuation: CheckedContinuation<Outcome, Never>) {
    let outcome = state.withLock { state -> Outcome? in
      if case .filled(let outcome) = state { return outcome }
      state = .waiting(continuation)
      return nil
    }
    if let outcome { continuation.resume(returning: outcome) }
  }

  /// Called once.
  func fill(_ outcome: Outcome) {
    let waiter = state.withLock { state -> CheckedContinuation<Outcome, Never>? in
      if case .waiting(let continuation) = state { return continuation }
      state = .filled(outcome)
      return nil
    }
    waiter?.resume(returning: outcome)
  }
}
