internal import Client
internal import GatehouseAPI
internal import ProtobufWire
internal import RPC

/// A client for one command: connected with its first call, each call waited for on the thread that makes it. Not to be
/// shared.
final class ServerSession {
  private let address: HostPort
  private let token: String?
  /// How long to wait for the connection, and then for each answer, in microseconds.
  private let timeout: Int64
  /// Made and connected with the first call, so that words that do not go together are refused before.
  private var client: GatehouseClient?

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
  }

  /// Makes a unary call and waits for its answer.
  func call<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod, _ request: Request
  ) throws(CommandFailure) -> Response {
    let client = try connected()
    do {
      return try client.callBlocking(method, request, timeout: .microseconds(timeout))
    } catch {
      throw CommandFailure(refused: error.status)
    }
  }

  /// Opens a streaming call.
  func stream<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod, _ request: Request
  ) throws(CommandFailure) -> SessionStream<Response> {
    let client = try connected()
    return SessionStream(client: client, messages: client.stream(method, request))
  }

  /// Follows customers, through interruptions.
  ///
  /// - Parameter onInterruption: told why, each time that there is a new attempt to go on. On any thread.
  func watch(
    _ request: GatehouseV1.WatchRequest, onInterruption: @escaping @Sendable (GatehouseError) -> Void
  ) throws(CommandFailure) -> Watch {
    try connected().watch(request, includesProgress: true, onInterruption: onInterruption)
  }

  /// Whoever calls once wants to know at once when there is no server.
  private func connected() throws(CommandFailure) -> GatehouseClient {
    if let client { return client }
    var settings = ClientSettings()
    settings.token = token ?? ""
    settings.agent = "gatehouse-cli/\(Subcommand.version)"
    settings.connectTimeout = .microseconds(timeout)
    let made = GatehouseClient(address.description, settings)
    do {
      try made.connectBlocking()
    } catch {
      var failure = CommandFailure(refused: error.status)
      if error.code == .unavailable {
        failure.details.append("Is the server running there? --server HOST:PORT or GATEHOUSE_SERVER names another.")
      }
      throw failure
    }
    client = made
    return made
  }
}

/// The messages of a streaming call, in the order in which they were sent.
struct SessionStream<Message: WireMessage> {
  /// Letting go of the client would end the connection.
  fileprivate let client: GatehouseClient
  fileprivate let messages: ReplyMessages<Message>

  /// Waits for the next message; nil at the end of the stream.
  func next() throws(CommandFailure) -> Message? {
    do {
      return try messages.nextBlocking()
    } catch {
      throw CommandFailure(refused: error.status)
    }
  }
}
