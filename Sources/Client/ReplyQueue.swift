internal import System

/// What has arrived of a stream and was not read yet. Bounded by the credit that the server was granted.
final class ReplyQueue: Sendable {
  enum End {
    case ok
    case failure(GatehouseError)
  }

  private struct State {
    /// Oldest last, so that taking one moves nothing; `arrived` is turned round when this is empty.
    var ready: [[UInt8]] = []
    var arrived: [[UInt8]] = []
    /// How the stream ended, once it has.
    var end: End?
    /// The task that waits, if one does.
    var waiter: CheckedContinuation<Result<[UInt8]?, GatehouseError>, Never>?
    /// Messages read since credit was granted last.
    var taken: UInt32 = 0

    /// What a reader gets now; nil when it has to wait.
    mutating func take() -> Result<[UInt8]?, GatehouseError>? {
      if ready.isEmpty {
        ready = arrived.reversed()
        arrived.removeAll(keepingCapacity: true)
      }
      if let message = ready.popLast() { return .success(message) }
      switch end {
      case nil: return nil
      case .ok: return .success(nil)
      case .failure(let failure): return .failure(failure)
      }
    }
  }

  /// How many messages may lie here unread.
  let credit: UInt32
  private let state = Monitor(State())

  init(credit: UInt32) {
    self.credit = credit
  }

  // MARK: The connection's side

  func append(_ message: [UInt8]) {
    wake { $0.arrived.append(message) }
  }

  /// Nothing happens when the stream has ended before.
  func finish(_ end: End) {
    wake { $0.end = $0.end ?? end }
  }

  private func wake(_ change: (inout State) -> Void) {
    let resumption = state.withLock { state in
      change(&state)
      guard let waiter = state.waiter, let result = state.take() else { return nil as Resumption? }
      state.waiter = nil
      return Resumption(waiter: waiter, result: result)
    }
    if let resumption { resumption.waiter.resume(returning: resumption.result) } else { state.signal() }
  }

  private struct Resumption {
    let waiter: CheckedContinuation<Result<[UInt8]?, GatehouseError>, Never>
    let result: Result<[UInt8]?, GatehouseError>
  }

  // MARK: The reader's side

  func nextBlocking() throws(GatehouseError) -> [UInt8]? {
    try state.wait { $0.take() }.get()
  }

  func next() async -> Result<[UInt8]?, GatehouseError> {
    await withCheckedContinuation { continuation in
      let result = state.withLock { state in
        let result = state.take()
        if result == nil { state.waiter = continuation }
        return result
      }
      if let result { continuation.resume(returning: result) }
    }
  }

  /// - Returns: how many messages to grant, now that one more was read: half of the credit at once, or nothing.
  func creditToGrant() -> UInt32 {
    state.withLock { state in
      state.taken += 1
      guard state.taken >= max(credit / 2, 1) else { return 0 }
      defer { state.taken = 0 }
      return state.taken
    }
  }
}
