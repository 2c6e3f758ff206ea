public import GatehouseAPI
public import ProtobufWire
public import RPC
internal import System

/// A client of a Gatehouse server, for any number of calls at once, from any thread or task. It connects with its first
/// call, and again whenever that is needed. `clients/README.md` says how it behaves.
///
/// The services are its properties: `client.customer.getCustomer(.with { $0.customerId = id })`. Its `watch` follows
/// customers through everything that happens to connections and servers.
public final class GatehouseClient: Sendable {
  let caller: Caller
  public var settings: ClientSettings { caller.settings }

  /// - Parameters:
  ///   - addresses: "host:port" each, tried in turn; at least one. Every address of a host is tried.
  ///   - settings: how the client behaves.
  public init(_ addresses: [String], _ settings: ClientSettings = ClientSettings()) {
    precondition(!addresses.isEmpty, "a client needs an address")
    caller = Caller(addresses, settings)
  }

  /// - Parameter address: "host:port"
  public convenience init(_ address: String, _ settings: ClientSettings = ClientSettings()) {
    self.init([address], settings)
  }

  deinit {
    caller.close()
  }

  /// Ends the connection, for good; calls that are open fail with `CANCELLED`.
  public func close() {
    caller.close()
  }

  // MARK: Connecting

  /// Connects, if there is no connection: for those who want to know at once whether there is a server. Calls connect
  /// by themselves.
  ///
  /// - Returns: what the server said of itself.
  /// - Throws: why the last address did not take the connection, when none did.
  @discardableResult
  public func connect() async throws(GatehouseError) -> ServerHello {
    let result = await withCheckedContinuation { continuation in
      caller.submit(ConnectCall { continuation.resume(returning: $0) })
    }
    return try result.get()
  }

  /// ``connect()`` for threads: blocks.
  @discardableResult
  public func connectBlocking() throws(GatehouseError) -> ServerHello {
    try Self.wait { (completion) in caller.submit(ConnectCall(completion)) }
  }

  private static func wait<Value: Sendable>(
    for begin: (@escaping @Sendable (Result<Value, GatehouseError>) -> Void) -> Void
  ) throws(GatehouseError) -> Value {
    let answer = Monitor<Result<Value, GatehouseError>?>(nil)
    begin { result in
      answer.withLock { $0 = result }
      answer.signal()
    }
    return try answer.wait { $0 }.get()
  }

  // MARK: Unary calls

  /// Makes a unary call. Cancelling the task cancels the call. The typed methods of the services are this.
  ///
  /// - Parameter timeout: the call's deadline, from now; nil is that of the settings.
  public func call<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod,
    _ request: Request,
    returning: Response.Type = Response.self,
    timeout: Duration? = nil
  ) async throws(GatehouseError) -> Response {
    let payload = keyed(method, request)
    let slot = CompletionSlot()
    let call = unaryCall(method, payload, timeout) { slot.fill($0) }
    let result = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        slot.wait(continuation)
        call.start()
      }
    } onCancel: {
      call.cancel()
    }
    return try Self.decode(result.get())
  }

  /// ``call(_:_:returning:timeout:)`` for threads: blocks.
  public func callBlocking<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod,
    _ request: Request,
    returning: Response.Type = Response.self,
    timeout: Duration? = nil
  ) throws(GatehouseError) -> Response {
    let payload = keyed(method, request)
    return try Self.decode(Self.wait { unaryCall(method, payload, timeout, $0).start() })
  }

  private func unaryCall(
    _ method: RPCMethod, _ payload: [UInt8], _ timeout: Duration?, _ completion: @escaping UnaryCall.Completion
  ) -> UnaryCall {
    UnaryCall(
      caller, method, payload, isRepeatable: method.isRepeatable || method.hasIdempotencyKey,
      timeout: timeout ?? settings.timeout, completion)
  }

  /// The request's bytes, with an idempotency key where it may have one and has none.
  private func keyed<Request: WireMessage>(_ method: RPCMethod, _ request: Request) -> [UInt8] {
    guard method.hasIdempotencyKey, var keyed = request as? any KeyedRequest, keyed.idempotencyKey.isEmpty else {
      return request.encoded()
    }
    keyed.idempotencyKey = IdempotencyKey.make()
    return keyed.encoded()
  }

  static func decode<Response: WireMessage>(_ payload: [UInt8]) throws(GatehouseError) -> Response {
    do {
      return try Response(decoding: payload)
    } catch {
      throw GatehouseError(
        Status(code: .internal, message: "the server's answer is not a \(Response.self): \(error)"))
    }
  }

  // MARK: Streaming calls

  /// Begins a streaming call: one stream on one connection, which ends with an error when that is lost.
  ///
  /// - Parameters:
  ///   - timeout: the call's deadline, from now; nil is none.
  ///   - credit: how many messages may lie here unread, at least 1; nil is that of the settings.
  public func stream<Request: WireMessage, Response: WireMessage>(
    _ method: RPCMethod,
    _ request: Request,
    returning: Response.Type = Response.self,
    timeout: Duration? = nil,
    credit: UInt32? = nil
  ) -> ReplyMessages<Response> {
    let call = StreamCall(
      caller, method, request.encoded(), timeout: timeout, credit: credit ?? settings.credit)
    call.start()
    return ReplyMessages(StreamHandle(client: self, call: call))
  }
}
