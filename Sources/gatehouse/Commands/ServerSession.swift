internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System

/// A connection to a server, for one command at a time: it blocks the thread that calls. Not to be shared.
final class ServerSession {
  /// The address, as messages name it.
  let address: HostPort
  private let token: String?
  /// Made with the first call, so that words that do not go together are refused before.
  private var connection: FrameSocket?
  /// How long to wait for an answer, in microseconds.
  private let timeout: Int64
  private var lastStream: UInt32 = 0
  /// What came for streams that nobody was waiting on. Bounded by the credit that each stream has granted.
  private var arrived: [UInt32: [GatehouseRpcV1.Reply]] = [:]
  /// How long the server may stay silent before it counts as gone, in microseconds; it sends pings in between.
  private var patience: Int64

  /// Calls whom the flags of `ClientFlags` name.
  convenience init(_ arguments: Arguments) throws(CommandFailure) {
    self.init(
      address: try arguments.required(ClientFlags.server), token: try arguments.value(ClientFlags.token),
      timeout: try arguments.required(ClientFlags.timeout))
  }

  init(address: HostPort, token: String?, timeout: Int64) {
    self.address = address
    self.token = token
    self.timeout = timeout
    patience = timeout
  }

  private func connected() throws(CommandFailure) -> FrameSocket {
    if let connection { return connection }
    let made = try FrameSocket(address: address, timeout: timeout)
    var frame = GatehouseRpcV1.Frame()
    var hello = GatehouseRpcV1.Hello()
    hello.version = 1
    hello.agent = "gatehouse-cli/\(Subcommand.version)"
    if let token { hello.authorization = "Bearer \(token)" }
    frame.kind = .hello(hello)
    try made.send(frame)
    connection = made
    return made
  }

  /// Makes a unary call and waits for its answer.
  func call<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod, _ request: Request
  ) throws(CommandFailure) -> Response {
    let stream = try open(method, request, timeout: timeout)
    // The server keeps the deadline; a little later it must have said so.
    let reply = try next(on: stream, within: timeout + 1_000_000)
    guard let status = reply.status else { throw unexpected("a stream of answers to a call that has one") }
    guard status.code == 0 else { throw CommandFailure(refused: Status(status)) }
    return try decode(reply.payload)
  }

  /// Opens a streaming call.
  func stream<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod, _ request: Request
  ) throws(CommandFailure) -> SessionStream<Response> {
    SessionStream(session: self, stream: try open(method, request, timeout: 0))
  }

  private func open(
    _ method: RPCMethod, _ request: some WireMessage, timeout: Int64
  ) throws(CommandFailure) -> UInt32 {
    lastStream += 1
    var call = GatehouseRpcV1.Call()
    call.method = method.path
    call.payload = request.encoded()
    call.timeoutUs = UInt64(timeout)
    var frame = GatehouseRpcV1.Frame()
    frame.stream = lastStream
    frame.kind = .call(call)
    try connected().send(frame)
    return lastStream
  }

  /// The next message of a stream; nil at its end. Grants one more for each that it takes.
  func nextMessage<Response: WireMessage>(on stream: UInt32) throws(CommandFailure) -> Response? {
    let reply = try next(on: stream, within: nil)
    if let status = reply.status {
      guard status.code == 0 else { throw CommandFailure(refused: Status(status)) }
      return nil
    }
    var credit = GatehouseRpcV1.Credit()
    credit.messages = 1
    var frame = GatehouseRpcV1.Frame()
    frame.stream = stream
    frame.kind = .credit(credit)
    try connected().send(frame)
    return try decode(reply.payload)
  }

  // MARK: Frames

  /// The next reply on a stream; what comes for others meanwhile is kept for them.
  private func next(on stream: UInt32, within limit: Int64?) throws(CommandFailure) -> GatehouseRpcV1.Reply {
    let deadline = limit.map { MonotonicClock.now() &+ UInt64($0) &* 1000 }
    while true {
      if arrived[stream]?.isEmpty == false { return arrived[stream]!.removeFirst() }
      let silence = MonotonicClock.now() &+ UInt64(patience) &* 1000
      guard let frame = try connected().receive(by: deadline ?? silence) else {
        let waited = TimeSpan.text(limit ?? patience)
        throw CommandFailure(.failure, "no answer from \(address) for \(waited)")
      }
      try take(frame)
    }
  }

  private func take(_ frame: GatehouseRpcV1.Frame) throws(CommandFailure) {
    switch frame.kind {
    case .hello(let hello):
      guard hello.version == 1 else { throw unexpected("version \(hello.version) of the protocol") }
      if let idle = hello.limits?.idleTimeoutMs, idle > 0 { patience = Int64(idle) * 1000 }
    case .reply(let reply): arrived[frame.stream, default: []].append(reply)
    case .ping(let ping):
      var pong = GatehouseRpcV1.Pong()
      pong.nonce = ping.nonce
      var answer = GatehouseRpcV1.Frame()
      answer.kind = .pong(pong)
      try connected().send(answer)
    case .goAway(let goAway):
      // Calls that the server has taken are still answered; one that it has not is over.
      guard goAway.lastStream < lastStream || goAway.status?.code != StatusCode.unavailable.rawValue else { return }
      throw CommandFailure(refused: goAway.status.map { Status($0) } ?? Status(code: .unavailable, message: ""))
    case .pong: break
    case .call, .cancel, .credit, nil: throw unexpected("a frame that servers do not send")
    }
  }

  private func decode<Response: WireMessage>(_ payload: [UInt8]) throws(CommandFailure) -> Response {
    do {
      return try Response(decoding: payload)
    } catch {
      throw unexpected("an answer that cannot be read (\(error))")
    }
  }

  private func unexpected(_ what: String) -> CommandFailure {
    CommandFailure(.failure, "\(address) is not a Gatehouse server that this client understands: it sent \(what)")
  }
}

/// The messages of a streaming call, in the order in which they were sent.
struct SessionStream<Message: WireMessage> {
  fileprivate let session: ServerSession
  fileprivate let stream: UInt32

  /// Waits for the next message; nil at the end of the stream.
  func next() throws(CommandFailure) -> Message? {
    try session.nextMessage(on: stream)
  }
}
