internal import GatehouseAPI
internal import RPC
internal import Synchronization
internal import System

/// The connection behind a ``GatehouseClient``: callers append calls and send; a thread of its own receives.
final class ClientLink: Sendable {
  /// With so many bytes waiting to be sent, no call is added.
  private static let greatestQueue = 16 << 20
  /// The server ends a call at its deadline; here it is given up so much later, in nanoseconds, should no word come.
  private static let deadlineGrace: UInt64 = 1_000_000_000

  let socket: Socket
  let bell: EventCounter
  let address: String
  let state = Mutex(ClientState())
  /// What the server's first frame said; nil until it has come.
  let greeting = Monitor<Result<ServerHello, Status>?>(nil)

  init(_ socket: consuming Socket, address: String) throws(Status) {
    self.address = address
    self.socket = socket
    do {
      bell = try EventCounter()
    } catch {
      throw Status(code: .unavailable, message: "\(error)")
    }
  }

  /// Tries every address of the host in turn.
  static func connect(_ address: String, timeout: Int32) throws(Status) -> Socket {
    do {
      let candidates = try SocketAddress.resolve(address)
      for candidate in candidates.dropLast() {
        if let socket = try? Socket.connect(to: candidate, timeout: timeout) { return socket }
      }
      return try Socket.connect(to: candidates[candidates.count - 1], timeout: timeout)
    } catch {
      throw Status(code: .unavailable, message: "cannot connect to \(address): \(error)")
    }
  }

  /// Says hello, starts the thread, and waits for the server's hello.
  func start(agent: String, authorization: String, timeout: Int32) throws(Status) -> ServerHello {
    do {
      try socket.setNoDelay()
      state.withLock { $0.output.appendHello(agent: agent, authorization: authorization) }
      let thread = try Thread(name: "gh-client") { ClientReceiver(self).run() }
      thread.detach()
    } catch {
      throw Status(code: .unavailable, message: "\(error)")
    }
    let deadline = MonotonicClock.now() &+ UInt64(max(timeout, 0)) &* 1_000_000
    guard let result = greeting.wait(deadline: deadline, until: { $0 }) else {
      close()
      throw Status(code: .unavailable, message: "\(address) took the connection but did not say hello")
    }
    return try result.get()
  }

  var failure: Status? { state.withLock { $0.failure } }

  // MARK: Calls

  /// Begins a unary call; `completion` is called once, on any thread.
  ///
  /// - Returns: its stream.
  @discardableResult
  func begin(
    _ method: RPCMethod, _ payload: [UInt8], timeout: Duration?,
    _ completion: @escaping @Sendable (Result<[UInt8], Status>) -> Void
  ) throws(Status) -> UInt32 {
    try begin(method, payload, timeout: timeout, credit: 0, .call(completion))
  }

  /// Begins a streaming call.
  func begin(
    _ method: RPCMethod, _ payload: [UInt8], timeout: Duration?, queue: ReplyQueue
  ) throws(Status) -> UInt32 {
    try begin(method, payload, timeout: timeout, credit: queue.credit, .stream(queue))
  }

  private func begin(
    _ method: RPCMethod, _ payload: [UInt8], timeout: Duration?, credit: UInt32,
    _ receiver: ClientState.Pending.Receiver
  ) throws(Status) -> UInt32 {
    // A timeout that is over already is the shortest that there is: 0 would be none.
    let microseconds = timeout.map { UInt64(max($0.microseconds, 1)) } ?? 0
    let pending = ClientState.Pending(receiver: receiver, deadline: ClientLink.deadline(microseconds))
    return try state.withLock { (state: inout ClientState) throws(Status) in
      if let failure = state.failure { throw failure }
      guard state.output.count < ClientLink.greatestQueue else {
        throw Status(code: .resourceExhausted, message: "too much waits to be sent to \(address)")
      }
      guard let stream = state.machine.begin(credit: credit) else {
        throw Status(code: .unavailable, message: "\(address) takes no more calls on this connection")
      }
      state.calls[stream] = pending
      state.output.appendCall(stream, method, timeoutMicroseconds: microseconds, credit: credit, payload: payload)
      send(&state)
      if pending.deadline < state.wakesAt { bell.signal() }
      return stream
    }
  }

  private static func deadline(_ microseconds: UInt64) -> UInt64 {
    guard microseconds != 0 else { return .max }
    let (nanoseconds, tooLong) = microseconds.multipliedReportingOverflow(by: 1000)
    let (deadline, tooLate) = MonotonicClock.now().addingReportingOverflow(nanoseconds)
    let (given, tooLateWithGrace) = deadline.addingReportingOverflow(deadlineGrace)
    return tooLong || tooLate || tooLateWithGrace ? .max : given
  }

  /// Ends a call from this side, with `status`. Nothing happens when it has ended.
  func abandon(_ stream: UInt32, _ status: Status) {
    let pending = state.withLock { state in
      guard state.machine.abandon(stream) else { return nil as ClientState.Pending? }
      state.output.appendCancel(stream)
      send(&state)
      return state.calls.removeValue(forKey: stream)
    }
    pending?.end(.failure(status))
  }

  func grant(_ stream: UInt32, messages: UInt32) {
    state.withLock { state in
      guard state.machine.grant(stream, messages: messages) else { return }
      state.output.appendCredit(stream, messages: messages)
      send(&state)
    }
  }

  /// Sends what the kernel takes; for the rest the thread is woken.
  func send(_ state: inout ClientState) {
    state.send(over: socket)
    if !state.output.isEmpty { bell.signal() }
  }

  // MARK: End

  func close() {
    end(.cancelledHere)
  }

  /// Fails every call, and every later one. The first reason counts.
  func end(_ status: Status) {
    let calls = state.withLock { state in
      state.machine.close()
      state.failure = state.failure ?? status
      defer { state.calls = [:] }
      return state.calls
    }
    for pending in calls.values { pending.end(.failure(status)) }
    greeting.withLock { $0 = $0 ?? .failure(status) }
    greeting.broadcast()
    socket.disconnect()
    bell.signal()
  }
}
