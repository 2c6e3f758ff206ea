internal import GatehouseAPI
internal import RPC
internal import Synchronization
internal import System

/// One logical unary call: made again where needed and safe, answered once.
final class UnaryCall: WaitingCall, LinkedCall {
  typealias Completion = @Sendable (Result<[UInt8], GatehouseError>) -> Void

  private struct State {
    /// Nil once it was called.
    var completion: Completion?
    var retries: CallRetries
    /// Where it was begun last.
    var link: ClientLink?
    var stream: UInt32 = 0
    /// Why it was not answered before.
    var last: GatehouseError?
  }

  private let caller: Caller
  private let method: RPCMethod
  private let payload: [UInt8]
  let deadline: UInt64
  private let state: Mutex<State>

  /// - Parameter isRepeatable: whether a second time does nothing more than the first.
  init(
    _ caller: Caller, _ method: RPCMethod, _ payload: [UInt8], isRepeatable: Bool, timeout: Duration,
    _ completion: @escaping Completion
  ) {
    self.caller = caller
    self.method = method
    self.payload = payload
    deadline = MonotonicClock.now().saturatingAdding(timeout.nanoseconds)
    let retries = CallRetries(isRepeatable: isRepeatable, deadline: deadline, caller.settings)
    state = Mutex(State(completion: completion, retries: retries))
  }

  func start() { caller.submit(self) }

  /// Ends the call from this side; the server is told.
  func cancel() {
    let (link, stream) = state.withLock { ($0.link, $0.stream) }
    finish(.failure(.cancelledHere))
    caller.withdraw(self)
    link?.abandon(stream, .cancelledHere)
  }

  // MARK: What waits for a connection

  var isHasty: Bool { false }

  var isOver: Bool { state.withLock { $0.completion == nil } }

  func begin(on link: ClientLink) -> Bool {
    if isOver { return true }
    switch link.begin(self, method, payload, deadline: deadline, credit: 0) {
    case .begun(let stream):
      // It may have been cancelled meanwhile.
      if isOver { link.abandon(stream, .cancelledHere) }
    case .noRoom: return false
    case .refused(let failure): end(.failure(failure))
    }
    return true
  }

  var lastFailure: GatehouseError? { state.withLock { $0.last } }

  func giveUp(_ failure: GatehouseError) { finish(.failure(failure)) }

  // MARK: What a connection does

  func begins(on link: ClientLink, stream: UInt32) {
    state.withLock { ($0.link, $0.stream) = (link, stream) }
  }

  /// A unary call has no messages before its end: ``ClientConnection`` refuses them.
  func receive(_ payload: [UInt8]) {}

  func end(_ result: Result<[UInt8], GatehouseError>) {
    guard case .failure(let failure) = result else { return finish(result) }
    var random = SystemRandomNumberGenerator()
    let now = MonotonicClock.now()
    let decision = state.withLock { state in
      guard state.completion != nil else { return CallRetries.Decision.end }
      state.link = nil
      state.last = failure
      return state.retries.decide(after: failure, now: now, using: &random)
    }
    switch decision {
    case .end: finish(result)
    case .again(let moment): caller.submit(self, notBefore: moment)
    }
  }

  private func finish(_ result: Result<[UInt8], GatehouseError>) {
    let completion = state.withLock { state in
      defer { (state.completion, state.link) = (nil, nil) }
      return state.completion
    }
    completion?(result)
  }
}
