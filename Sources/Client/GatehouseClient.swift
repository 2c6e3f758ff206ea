public import GatehouseAPI
public import ProtobufWire
public import RPC
internal import System

/// One connection to a Gatehouse server, for any number of calls at once, from any thread or task.
///
/// When the connection ends, every call on it fails with `UNAVAILABLE`, and so does every later one: connecting again,
/// and making calls again that were not carried out, is the caller's decision.
public final class GatehouseClient: Sendable {
  /// How long connecting may take when nothing else is said.
  public static let defaultConnectTimeout = Duration.seconds(5)

  private let link: ClientLink
  /// What the server said of itself.
  public let server: ServerHello

  /// Connects and waits for the server's hello. Blocks.
  ///
  /// - Parameters:
  ///   - address: "host:port"; every address of the host is tried.
  ///   - token: as `gatehouse token new` printed it; nil or empty where the server asks for none.
  ///   - agent: "name/version", for the server's log.
  ///   - connectTimeout: for each address.
  /// - Throws: `UNAVAILABLE` when there is no server, `UNAUTHENTICATED` when it does not know the token.
  public init(
    _ address: String,
    token: String? = nil,
    agent: String = "gatehouse-swift",
    connectTimeout: Duration = GatehouseClient.defaultConnectTimeout
  ) throws(Status) {
    let milliseconds = Int32(clamping: connectTimeout.microseconds / 1000)
    let socket = try ClientLink.connect(address, timeout: milliseconds)
    let authorization = token.map { $0.isEmpty ? "" : "Bearer \($0)" } ?? ""
    link = try ClientLink(socket, address: address)
    server = try link.start(agent: agent, authorization: authorization, timeout: milliseconds)
  }

  deinit {
    link.close()
  }

  /// Ends the connection; calls that are open fail with `CANCELLED`.
  public func close() {
    link.close()
  }

  /// Why the connection takes no more calls; nil while it does.
  public var failure: Status? { link.failure }

  // MARK: Unary calls

  /// Makes a unary call and waits for its answer. Blocks the thread: not for tasks.
  ///
  /// - Parameter timeout: the call's deadline, from now; nil is none.
  public func callBlocking<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod,
    _ request: Request,
    returning: Response.Type = Response.self,
    timeout: Duration? = nil
  ) throws(Status) -> Response {
    let answer = Monitor<Result<[UInt8], Status>?>(nil)
    try link.begin(method, request.encoded(), timeout: timeout) { result in
      answer.withLock { $0 = result }
      answer.signal()
    }
    return try GatehouseClient.decode(answer.wait { $0 })
  }

  /// Makes a unary call. Cancelling the task cancels the call.
  ///
  /// - Parameter timeout: the call's deadline, from now; nil is none.
  public func call<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod,
    _ request: Request,
    returning: Response.Type = Response.self,
    timeout: Duration? = nil
  ) async throws(Status) -> Response {
    let cancellation = CallCancellation(link)
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<Result<[UInt8], Status>, Never>) in
        do throws(Status) {
          let stream = try link.begin(method, request.encoded(), timeout: timeout) {
            continuation.resume(returning: $0)
          }
          cancellation.isAbout(stream)
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    } onCancel: {
      cancellation.cancel()
    }
    return try GatehouseClient.decode(result)
  }

  private static func decode<Response: WireMessage>(_ result: Result<[UInt8], Status>) throws(Status) -> Response {
    try decode(result.get())
  }

  static func decode<Response: WireMessage>(_ payload: [UInt8]) throws(Status) -> Response {
    do {
      return try Response(decoding: payload)
    } catch {
      throw Status(code: .internal, message: "the server's answer is not a \(Response.self): \(error)")
    }
  }

  // MARK: Streaming calls

  /// Begins a streaming call.
  ///
  /// - Parameters:
  ///   - timeout: the call's deadline, from now; nil is none.
  ///   - credit: how many messages may lie here unread, at least 1: bounds the memory that a slow reader takes.
  public func stream<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod,
    _ request: Request,
    returning: Response.Type = Response.self,
    timeout: Duration? = nil,
    credit: UInt32 = ServerLimits.defaultCredit
  ) throws(Status) -> ReplyMessages<Response> {
    let queue = ReplyQueue(credit: max(credit, 1))
    let stream = try link.begin(method, request.encoded(), timeout: timeout, queue: queue)
    return ReplyMessages(StreamHandle(client: self, link: link, stream: stream, queue: queue))
  }
}

extension Duration {
  /// Clamped to what 64 bits hold; negative durations are 0.
  var microseconds: Int64 {
    let (seconds, attoseconds) = components
    if seconds < 0 { return 0 }
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return overflow ? .max : whole.addingReportingOverflow(attoseconds / 1_000_000_000_000).partialValue
  }
}
