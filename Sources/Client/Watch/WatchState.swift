internal import GatehouseAPI
internal import ProtobufWire
internal import Synchronization

/// A Watch between its reader and its streams, one after the other. ``WatchResumption`` decides; this does.
final class WatchState: Sendable {
  private struct State {
    var resumption: WatchResumption
    var call: StreamCall?
    /// How long to wait before the next stream, in nanoseconds.
    var pause: UInt64 = 0
    var isCancelled = false
  }

  /// Kept, so that the connection lasts as long as the Watch is read.
  private let client: GatehouseClient
  private let credit: UInt32
  private let onInterruption: (@Sendable (GatehouseError) -> Void)?
  private let state: Mutex<State>

  init(
    _ client: GatehouseClient, _ resumption: WatchResumption, credit: UInt32,
    _ onInterruption: (@Sendable (GatehouseError) -> Void)?
  ) {
    self.client = client
    self.credit = credit
    self.onInterruption = onInterruption
    state = Mutex(State(resumption: resumption))
  }

  deinit {
    cancel()
  }

  func withResumption<Value: Sendable>(_ read: (WatchResumption) -> Value) -> Value {
    state.withLock { read($0.resumption) }
  }

  func cancel() {
    let call = state.withLock { state in
      state.isCancelled = true
      return state.call
    }
    call?.cancel()
  }

  // MARK: The reader's side

  func nextChange() -> WatchChange? {
    state.withLock { $0.isCancelled ? nil : $0.resumption.next() }
  }

  /// The stream that messages come from, made where there is none; nil when the Watch was cancelled.
  func openCall() -> StreamCall? {
    let (call, pause) = state.withLock { state -> (StreamCall?, UInt64?) in
      if state.isCancelled { return (nil, nil) }
      if let call = state.call { return (call, nil) }
      let request = state.resumption.request()
      let call = StreamCall(client.caller, .customerServiceWatch, request.encoded(), timeout: nil, credit: credit)
      state.call = call
      return (call, state.pause)
    }
    // One that was cancelled between the two is over, and is not begun.
    if let pause { call?.start(after: pause) }
    return call
  }

  /// What came of waiting for a message.
  ///
  /// - Returns: false when the Watch was cancelled.
  func take(_ result: Result<[UInt8]?, GatehouseError>, from call: StreamCall) throws(GatehouseError) -> Bool {
    switch result {
    case .success(let payload?):
      call.hasTaken()
      do throws(GatehouseError) {
        let message: GatehouseV1.WatchResponse = try GatehouseClient.decode(payload)
        state.withLock { $0.resumption.receive(message) }
      } catch {
        call.giveUpConnection()
        try resume(after: .unreadable(error), error)
      }
    case .success(nil):
      if state.withLock({ $0.isCancelled }) { return false }
      try resume(after: .ended, .lost("the server has ended the Watch"))
    case .failure(let failure):
      try resume(after: .failed(failure), failure)
    }
    return true
  }

  private func resume(
    after interruption: WatchResumption.Interruption, _ failure: GatehouseError
  ) throws(GatehouseError) {
    var random = SystemRandomNumberGenerator()
    let (decision, call) = state.withLock { state in
      let decision = state.resumption.decide(after: interruption, using: &random)
      defer { state.call = nil }
      if case .again(let pause) = decision { state.pause = pause }
      return (decision, state.call)
    }
    call?.cancel()
    if case .end(let failure) = decision { throw failure }
    onInterruption?(failure)
  }
}
