internal import Client
internal import GatehouseAPI
internal import ProtobufWire
internal import RPC

/// A connection to a server for one command: made with its first call, each call waited for on the thread that makes
/// it. Not to be shared.
final class ServerSession {
  private let address: HostPort
  private let token: String?
  /// How long to wait for the connection, and then for each answer, in microseconds.
  private let timeout: Int64
  /// Made with the first call, so that words that do not go together are refused before.
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
      throw CommandFailure(refused: error)
    }
  }

  /// Opens a streaming call.
  func stream<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod, _ request: Request
  ) throws(CommandFailure) -> SessionStream<Response> {
    let client = try connected()
    do {
      return SessionStream(client: client, messages: try client.stream(method, request))
    } catch {
      throw CommandFailure(refused: error)
    }
  }

  private func connected() throws(CommandFailure) -> GatehouseClient {
    if let client { return client }
    do {
      let made = try GatehouseClient(
        address.description, token: token, agent: "gatehouse-cli/\(Subcommand.version)",
        connectTimeout: .microseconds(timeout))
      client = made
      return made
    } catch {
      var failure = CommandFailure(refused: error)
      if error.code == .unavailable {
        failure.details.append("Is the server running there? --server HOST:PORT or GATEHOUSE_SERVER names another.")
      }
      throw failure
    }
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
      throw CommandFailure(refused: error)
    }
  }
}
