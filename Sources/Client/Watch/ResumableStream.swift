internal import GatehouseAPI
internal import Synchronization

/// What a stream that goes on after interruptions hands out and asks for. A value: ``ResumableStream`` does the rest.
protocol ResumableCore: Sendable {
  associatedtype Element: Sendable

  /// What is handed out next; nil when there has to be another message first.
  mutating func next() -> Element?
  /// A message has come. Throws where it is none.
  mutating func receive(payload: [UInt8]) throws(GatehouseError)
  /// The request of the next stream. Asked for when nothing is left to be handed out.
  mutating func requestPayload() -> [UInt8]
  mutating func decide(
    after interruption: StreamResumption.Interruption, using random: inout some RandomNumberGenerator
  ) -> StreamResumption.Decision
}

/// A reader's side of streams, one after the other. Its core decides; this does.
final class ResumableStream<Core: ResumableCore>: Sendable {
  private struct State {
    var core: Core
    var call: StreamCall?
    /// How long to wait before the next stream, in nanoseconds.
    var pause: UInt64 = 0
    var isCancelled = false
  }

  /// Kept, so that the connection lasts as long as its streams are read.
  private let client: GatehouseClient
  private let method: RPCMethod
  private let credit: UInt32
  private let onInterruption: (@Sendable (GatehouseError) -> Void)?
  private let state: Mutex<State>

  /// - Parameter call: a stream that was begun already; nil where the first one is yet to be.
  init(
    _ client: GatehouseClient, _ method: RPCMethod, _ core: Core, credit: UInt32, call: StreamCall? = nil,
    _ onInterruption: (@Sendable (GatehouseError) -> Void)?
  ) {
    self.client = client
    self.method = method
    self.credit = credit
    self.onInterruption = onInterruption
    state = Mutex(State(core: core, call: call))
  }

  deinit {
    cancel()
  }

  func withCore<Value: Sendable>(_ read: (Core) -> Value) -> Value {
    state.withLock { read($0.core) }
  }

  func cancel() {
    let call = state.withLock { state in
      state.isCancelled = true
      return state.call
    }
    call?.cancel()
  }

  // MARK: The reader's side

  /// Waits for what is next. Blocks the thread.
  ///
  /// - Returns: nil when it was cancelled.
  func nextBlocking() throws(GatehouseError) -> Core.Element? {
    while true {
      if let element = nextHeld() { return element }
      guard let call = openCall() else { return nil }
      let result = Result { () throws(GatehouseError) in try call.queue.nextBlocking() }
      guard try take(result, from: call) else { return nil }
    }
  }

  /// Waits for what is next.
  ///
  /// - Returns: nil when it or the task was cancelled.
  func next(isolation actor: isolated (any Actor)?) async throws(GatehouseError) -> Core.Element? {
    while true {
      if Task.isCancelled { cancel() }
      if let element = nextHeld() { return element }
      guard let call = openCall() else { return nil }
      let result = await withTaskCancellationHandler {
        await call.queue.next()
      } onCancel: {
        cancel()
      }
      guard try take(result, from: call) else { return nil }
    }
  }

  private func nextHeld() -> Core.Element? {
    state.withLock { $0.isCancelled ? nil : $0.core.next() }
  }

  /// The stream that messages come from, made where there is none; nil when all is cancelled.
  private func openCall() -> StreamCall? {
    let (call, pause) = state.withLock { state -> (StreamCall?, UInt64?) in
      if state.isCancelled { return (nil, nil) }
      if let call = state.call { return (call, nil) }
      let call = StreamCall(client.caller, method, state.core.requestPayload(), timeout: nil, credit: credit)
      state.call = call
      return (call, state.pause)
    }
    // One that was cancelled between the two is over, and is not begun.
    if let pause { call?.start(after: pause) }
    return call
  }

  /// What came of waiting for a message.
  ///
  /// - Returns: false when all is cancelled.
  private func take(_ result: Result<[UInt8]?, GatehouseError>, from call: StreamCall) throws(GatehouseError) -> Bool {
    switch result {
    case .success(let payload?):
      call.hasTaken()
      do throws(GatehouseError) {
        try state.withLock { (state) throws(GatehouseError) in try state.core.receive(payload: payload) }
      } catch {
        call.giveUpConnection()
        try resume(after: .unreadable(error), error)
      }
    case .success(nil):
      if state.withLock({ $0.isCancelled }) { return false }
      try resume(after: .ended, .lost("the server has ended the stream"))
    case .failure(let failure):
      try resume(after: .failed(failure), failure)
    }
    return true
  }

  private func resume(
    after interruption: StreamResumption.Interruption, _ failure: GatehouseError
  ) throws(GatehouseError) {
    var random = SystemRandomNumberGenerator()
    let (decision, call) = state.withLock { state in
      let decision = state.core.decide(after: interruption, using: &random)
      defer { state.call = nil }
      if case .again(let pause) = decision { state.pause = pause }
      return (decision, state.call)
    }
    call?.cancel()
    if case .end(let failure) = decision { throw failure }
    onInterruption?(failure)
  }
}
