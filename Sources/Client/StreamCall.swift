internal import GatehouseAPI
internal import RPC
internal import Synchronization
internal import System

/// One streaming call: begun once there is a connection, ended with it.
final class StreamCall: WaitingCall, LinkedCall {
  private struct State {
    var link: ClientLink?
    var stream: UInt32 = 0
    var isOver = false
    var retries: CallRetries
  }

  private let caller: Caller
  let method: RPCMethod
  let payload: [UInt8]
  let deadline: UInt64
  let queue: ReplyQueue
  private let state: Mutex<State>

  /// - Parameters:
  ///   - timeout: nil is none.
  ///   - credit: how many messages may lie here unread.
  init(_ caller: Caller, _ method: RPCMethod, _ payload: [UInt8], timeout: Duration?, credit: UInt32) {
    self.caller = caller
    self.method = method
    self.payload = payload
    deadline = timeout.map { MonotonicClock.now().saturatingAdding($0.nanoseconds) } ?? .max
    queue = ReplyQueue(credit: max(credit, 1))
    // Only what was not begun at all is tried on another connection.
    state = Mutex(State(retries: CallRetries(isRepeatable: false, deadline: deadline, caller.settings)))
  }

  /// - Parameter pause: how long to wait at least before it is begun, in nanoseconds.
  func start(after pause: UInt64 = 0) {
    caller.submit(self, notBefore: pause == 0 ? 0 : MonotonicClock.now().saturatingAdding(pause))
  }

  /// Ends the call from this side; the reader finds the end behind what has arrived.
  func cancel() {
    let (link, stream) = finish(.ok)
    caller.withdraw(self)
    link?.abandon(stream, .cancelledHere)
  }

  /// A message of the stream is none: what lies between has broken it. The connection is given up.
  func giveUpConnection() {
    let link = state.withLock { $0.link }
    link.map { $0.end(.lost("\($0.address): a message of a stream is none; the connection is given up")) }
  }

  /// A message was read: grants the server more, some at a time.
  func hasTaken() {
    let messages = queue.creditToGrant()
    guard messages > 0 else { return }
    let (link, stream) = state.withLock { ($0.link, $0.stream) }
    link?.grant(stream, messages: messages)
  }

  // MARK: What waits for a connection

  var isHasty: Bool { false }

  var isOver: Bool { state.withLock { $0.isOver } }

  func begin(on link: ClientLink) -> Bool {
    if isOver { return true }
    switch link.begin(self, method, payload, deadline: deadline, credit: queue.credit) {
    case .begun(let stream):
      // It may have been cancelled meanwhile.
      if isOver { link.abandon(stream, .cancelledHere) }
    case .noRoom: return false
    case .refused(let failure): retry(after: failure)
    }
    return true
  }

  private func retry(after failure: GatehouseError) {
    var random = SystemRandomNumberGenerator()
    let now = MonotonicClock.now()
    switch state.withLock({ $0.retries.decide(after: failure, now: now, using: &random) }) {
    case .end: giveUp(failure)
    case .again(let moment): caller.submit(self, notBefore: moment)
    }
  }

  var lastFailure: GatehouseError? { nil }

  func giveUp(_ failure: GatehouseError) { finish(failure) }

  // MARK: What a connection does

  func begins(on link: ClientLink, stream: UInt32) {
    state.withLock { ($0.link, $0.stream) = (link, stream) }
  }

  func receive(_ payload: [UInt8]) { queue.append(payload) }

  func end(_ result: Result<[UInt8], GatehouseError>) {
    switch result {
    case .success: finish(.ok)
    case .failure(let failure): finish(failure)
    }
  }

  @discardableResult
  private func finish(_ end: ReplyQueue.End) -> (ClientLink?, UInt32) {
    let begun = state.withLock { state in
      state.isOver = true
      return (state.link, state.stream)
    }
    queue.finish(end)
    return begun
  }

  private func finish(_ failure: GatehouseError) { finish(.failure(failure)) }
}
