internal import GatehouseAPI
internal import RPC
internal import Synchronization
internal import System

/// One connection: callers append calls and send; a thread of its own receives. It makes nothing again: ``Caller``
/// does.
final class ClientLink: Sendable {
  /// What a connection tells its owner; from any thread, without the connection's lock.
  enum Event {
    /// No more calls are taken; those that are open may still be answered.
    case goneAway
    /// Every call has ended.
    case closed
    /// There is room again for a call that found none.
    case hasRoom
  }

  /// What came of an attempt to begin a call.
  enum Beginning {
    case begun(stream: UInt32)
    /// Later: ``Event/hasRoom`` says when.
    case noRoom
    /// The connection takes no more calls; this one was not begun.
    case refused(GatehouseError)
  }

  let socket: Socket
  let bell: EventCounter
  let address: String
  let state: Mutex<ClientState>
  /// What the server's first frame said; nil until it has come.
  let greeting = Monitor<Result<ServerHello, GatehouseError>?>(nil)
  private let tell: @Sendable (ClientLink, Event) -> Void

  private init(
    _ socket: consuming Socket, _ address: String, _ settings: ClientSettings,
    _ tell: @escaping @Sendable (ClientLink, Event) -> Void
  ) throws(SystemError) {
    try socket.setNoDelay()
    self.address = address
    self.socket = socket
    self.tell = tell
    bell = try EventCounter()
    state = Mutex(ClientState(keepalive: Keepalive(settings, now: MonotonicClock.now())))
  }

  /// Connects and waits for the server's hello. Blocks, for up to twice the time to connect.
  static func open(
    _ address: String, _ settings: ClientSettings, tell: @escaping @Sendable (ClientLink, Event) -> Void
  ) throws(GatehouseError) -> ClientLink {
    let milliseconds = Int32(clamping: settings.connectTimeout.microseconds / 1000)
    let socket = try connect(address, timeout: milliseconds)
    let link: ClientLink
    do throws(SystemError) {
      link = try ClientLink(socket, address, settings, tell)
      let authorization = settings.token.isEmpty ? "" : "Bearer \(settings.token)"
      link.state.withLock { $0.output.appendHello(agent: settings.agent, authorization: authorization) }
      let thread = try Thread(name: "gh-client") { ClientReceiver(link).run() }
      thread.detach()
    } catch {
      throw .lost("cannot connect to \(address): \(error)")
    }
    let deadline = MonotonicClock.now().saturatingAdding(settings.connectTimeout.nanoseconds)
    guard let result = link.greeting.wait(deadline: deadline, until: { $0 }) else {
      link.end(.lost("\(address) took the connection but did not say hello in time"))
      throw .lost("\(address) took the connection but did not say hello in time")
    }
    _ = try result.get()
    return link
  }

  /// Tries every address of the host in turn.
  private static func connect(_ address: String, timeout: Int32) throws(GatehouseError) -> Socket {
    do {
      let candidates = try SocketAddress.resolve(address)
      for candidate in candidates.dropLast() {
        if let socket = try? Socket.connect(to: candidate, timeout: timeout) { return socket }
      }
      return try Socket.connect(to: candidates[candidates.count - 1], timeout: timeout)
    } catch {
      throw .lost("cannot connect to \(address): \(error)")
    }
  }

  /// What the server said of itself.
  var server: ServerHello? { greeting.withLock { try? $0?.get() } }

  /// Why no more calls are taken; nil while they are.
  var failure: GatehouseError? { state.withLock { $0.failure } }

  // MARK: Calls

  /// Begins a call.
  ///
  /// - Parameters:
  ///   - deadline: on the monotonic clock, in nanoseconds; `UInt64.max` is none. The server is told what is left of it.
  ///   - credit: of a streaming call; 0 for a unary call.
  func begin(
    _ call: any LinkedCall, _ method: RPCMethod, _ payload: [UInt8], deadline: UInt64, credit: UInt32
  ) -> Beginning {
    let now = MonotonicClock.now()
    let timeout = deadline == .max ? 0 : max(deadline.saturatingSubtracting(now) / 1000, 1)
    return state.withLock { state in
      if let failure = state.failure { return .refused(failure.unbegun) }
      guard state.hasRoom else {
        state.wantsRoom = true
        return .noRoom
      }
      if state.machine.openCount == 0 { state.keepalive.awake(at: now) }
      guard let stream = state.machine.begin(credit: credit) else {
        return .refused(GatehouseError.lost("\(address) takes no more calls on this connection").unbegun)
      }
      call.begins(on: self, stream: stream)
      state.calls[stream] = ClientState.Pending(call: call, deadline: deadline)
      state.output.appendCall(stream, method, timeoutMicroseconds: timeout, credit: credit, payload: payload)
      send(&state)
      // Without a call open the thread sleeps on: it has to learn of this one's deadline, and of the silence.
      if deadline < state.wakesAt || state.wakesAt == .max {
        state.wakesAt = now
        bell.signal()
      }
      return .begun(stream: stream)
    }
  }

  /// Ends a call from this side. Nothing happens when it has ended.
  func abandon(_ stream: UInt32, _ failure: GatehouseError) {
    let pending = state.withLock { state in
      guard state.machine.abandon(stream) else { return nil as ClientState.Pending? }
      state.output.appendCancel(stream)
      send(&state)
      return state.calls.removeValue(forKey: stream)
    }
    pending?.call.end(.failure(failure))
    if pending != nil { hasEndedCall() }
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

  /// To be called after a call has ended: whoever waits for room, or for the last call, learns of it.
  func hasEndedCall() {
    let (hasRoom, isDrained) = state.withLock { state in
      let hasRoom = state.wantsRoom && state.hasRoom
      if hasRoom { state.wantsRoom = false }
      return (hasRoom, state.failure != nil && state.calls.isEmpty && !state.isClosed)
    }
    if hasRoom { tell(self, .hasRoom) }
    if isDrained { end(.lost("\(address) has gone away")) }
  }

  /// Takes no more calls. Those above `lastStream` were not begun: they end at once, the others are still answered.
  func goAway(_ failure: GatehouseError, lastStream: UInt32) {
    let unbegun = state.withLock { state in
      state.failure = state.failure ?? failure
      let streams = state.calls.keys.filter { $0 > lastStream }
      return streams.compactMap { state.calls.removeValue(forKey: $0) }
    }
    refuseGreeting(failure)
    tell(self, .goneAway)
    for pending in unbegun { pending.call.end(.failure(failure.unbegun)) }
    hasEndedCall()
  }

  /// Fails every call, and every later one. The first reason counts.
  func end(_ failure: GatehouseError) {
    let calls = state.withLock { state in
      guard !state.isClosed else { return nil as [UInt32: ClientState.Pending]? }
      state.machine.close()
      state.isClosed = true
      state.failure = state.failure ?? failure
      defer { state.calls = [:] }
      return state.calls
    }
    guard let calls else { return }
    refuseGreeting(failure)
    socket.disconnect()
    bell.signal()
    tell(self, .closed)
    for pending in calls.values { pending.call.end(.failure(failure)) }
  }

  private func refuseGreeting(_ failure: GatehouseError) {
    greeting.withLock { $0 = $0 ?? .failure(failure) }
    greeting.broadcast()
  }
}
