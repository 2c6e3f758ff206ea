internal import EventLoop
internal import Foundation
internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire
internal import Store
internal import System
internal import Wallet
internal import WalletSigner

@testable import RPC
@testable import Services

/// Takes what a loop would take: answers by stream, and wakes.
final class RecordingSink: ReplySink {
  struct State {
    var answers: [UInt32: Result<[UInt8], Status>] = [:]
    var wakes = 0
    /// The threads that have brought answers.
    var deliverers: Set<UInt> = []
  }

  let state = Monitor(State())

  func deliver(_ replies: ReplyBatch) {
    state.withLock { _ = $0.deliverers.insert(Thread.current()) }
    replies.forEachConnection { _, answers in
      answers.forEach { stream, frame in
        let body = UnsafeRawBufferPointer(rebasing: frame[FrameDecoder.prefixBytes...])
        guard case .reply(let reply)? = (try? GatehouseRpcV1.Frame(decoding: body))?.kind, let status = reply.status
        else { preconditionFailure("not the answer to a unary call") }
        answer(stream, status.code == 0 ? .success(reply.payload) : .failure(Status(status)))
      }
    }
  }

  func answer(_ stream: UInt32, _ answer: Result<[UInt8], Status>) {
    state.withLock { state in
      precondition(state.answers[stream] == nil, "answered twice")
      state.answers[stream] = answer
    }
    state.broadcast()
  }

  func wakeStreams() { wake() }

  func wakeStream(_ stream: UInt32, of connection: ConnectionID) { wake() }

  private func wake() {
    state.withLock { $0.wakes += 1 }
    state.broadcast()
  }
}

/// The services on a store in a directory of its own, called without a network.
final class ServicesFixture {
  let directory = NSTemporaryDirectory() + "gatehouse-services-" + UUID().uuidString
  let dispatcher: ServiceDispatcher
  let sink = RecordingSink()
  private var nextStream: UInt32 = 1

  init(
    policy: Policy = Policy(),
    sandbox: SandboxSettings? = SandboxSettings(screensAutomatically: false, verifiesAutomatically: false),
    fileSystem: some FileSystem = LinuxFileSystem(),
    journalOptions: JournalOptions = JournalOptions(),
    access: AccessControl = AccessControl(),
    mostWaitingCalls: Int = 8192,
    mostCallsATurn: Int = 4096
  ) throws {
    let terms = ChallengeTerms(
      settings: try SignInSettings(domain: "app.example", uri: "https://app.example", statement: "Prove it."),
      policy: policy)
    let (store, _) = try CustomerStore.open(
      directory: directory, fileSystem: fileSystem, journalOptions: journalOptions,
      settings: StoreSettings(terms: terms))
    var settings = ServiceSettings(sandbox: sandbox, workers: 1)
    settings.version = "1.2.3"
    settings.mostWaitingCalls = mostWaitingCalls
    settings.mostCallsATurn = mostCallsATurn
    dispatcher = try ServiceDispatcher(store: store, settings: settings, access: access)
  }

  deinit {
    dispatcher.store.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Who makes the calls; by default whoever needs no token.
  var caller = CallerID(rawValue: 0)

  /// Makes the calls from here on those of a token's holder.
  func become(_ token: String) throws {
    caller = try dispatcher.authenticate(authorization: "Bearer \(token)").get()
  }

  /// Makes a unary call and waits for its answer.
  func call(_ method: RPCMethod, _ payload: [UInt8], deadline: UInt64 = .max) -> Result<[UInt8], Status> {
    let stream = bring(method, payload, deadline: deadline)
    return sink.state.wait { $0.answers[stream] }
  }

  /// Makes a unary call and leaves its answer to the sink.
  ///
  /// - Returns: the call's stream.
  func bring(_ method: RPCMethod, _ payload: [UInt8], deadline: UInt64 = .max) -> UInt32 {
    bring([(method, payload)], deadline: deadline)
  }

  /// Makes unary calls in one batch and waits for their answers.
  ///
  /// - Parameters:
  ///   - callsBefore: that the loop has read without sending answers.
  ///   - callers: who makes each of them; `caller` unless given.
  func call(
    _ calls: [(method: RPCMethod, payload: [UInt8])], callsBefore: Int = 0, by callers: [CallerID]? = nil
  ) -> [Result<[UInt8], Status>] {
    let first = bring(calls, callsBefore: callsBefore, by: callers)
    return calls.indices.map { index in sink.state.wait { $0.answers[first + UInt32(index)] } }
  }

  /// Does with the calls what a loop does.
  ///
  /// - Returns: the stream of the first; the others follow.
  private func bring(
    _ calls: [(method: RPCMethod, payload: [UInt8])], deadline: UInt64 = .max, callsBefore: Int = 0,
    by callers: [CallerID]? = nil
  ) -> UInt32 {
    let first = nextStream
    let batch = CallBatch(sink: sink)
    var list = CallList()
    let isCrowded = dispatcher.isCrowded(after: callsBefore)
    for (index, (method, payload)) in calls.enumerated() {
      if isCrowded, let refusal = dispatcher.refusal(of: method) {
        guard let status = try? GatehouseRpcV1.Status(decoding: refusal.bytes) else { preconditionFailure("no status") }
        sink.answer(nextStream, .failure(Status(status)))
        nextStream += 1
        continue
      }
      payload.withUnsafeBytes { bytes in
        list.append(
          CallHeader(stream: nextStream, method: method, caller: callers?[index] ?? caller, deadline: deadline),
          connection: Self.connection, payload: bytes)
      }
      nextStream += 1
    }
    batch.take(&list)
    if batch.count > 0 { dispatcher.handle(batch) }
    return first
  }

  func call<Response: WireMessage>(
    _ method: RPCMethod,
    _ request: some WireMessage,
    _: Response.Type = Response.self
  ) throws -> Response {
    try Response(decoding: try call(method, request.encoded()).get())
  }

  static var connection: ConnectionID { ConnectionID(loop: 0, slot: 1, generation: 1) }

  /// Opens a stream, as a loop would.
  func open(_ method: RPCMethod, _ request: some WireMessage) -> StreamReader {
    let stream = nextStream
    nextStream += 1
    let waker = StreamWaker(sink: sink, connection: Self.connection, stream: stream)
    let source = dispatcher.open(
      StreamOpening(
        CallHeader(stream: stream, method: method, caller: caller, deadline: .max),
        connection: Self.connection, payload: request.encoded(), waker: waker))
    return StreamReader(source: source, sink: sink)
  }

  // MARK: - Customers

  static func wallet(_ number: UInt8) -> ThrowawayWallet {
    guard let wallet = ThrowawayWallet(privateKey: [UInt8](repeating: 0, count: 31) + [number]) else {
      preconditionFailure("a small number is a key")
    }
    return wallet
  }

  func create(
    _ number: UInt8, key: String = "", externalID: String? = nil
  ) throws -> GatehouseV1.CreateCustomerResponse {
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = "eip155:1:\(Self.wallet(number).address)"
    request.externalId = externalID ?? "external-\(number)"
    request.idempotencyKey = key
    return try call(.customerServiceCreateCustomer, request)
  }

  func submit(_ id: String, _ message: [UInt8], by number: UInt8, key: String = "") -> Result<[UInt8], Status> {
    var request = GatehouseV1.SubmitChallengeRequest()
    request.customerId = id
    request.signature = Self.wallet(number).sign(message: message).bytes
    request.idempotencyKey = key
    return call(.customerServiceSubmitChallenge, request.encoded())
  }

  /// Brings a new customer to ACTIVE; its id.
  func makeActive(_ number: UInt8) throws -> String {
    let created = try create(number)
    let id = created.customer?.id ?? ""
    _ = try submit(id, created.challenge?.message ?? [], by: number).get()
    var screen = GatehouseV1.SimulateScreenRequest()
    screen.customerId = id
    screen.outcome = .clear
    _ = try call(.simulatorServiceScreen, screen, GatehouseV1.SimulateScreenResponse.self)
    var verify = GatehouseV1.SimulateVerifyRequest()
    verify.customerId = id
    _ = try call(.simulatorServiceVerify, verify, GatehouseV1.SimulateVerifyResponse.self)
    return id
  }

  func deactivate(_ id: String, _ reason: String) throws {
    var request = GatehouseV1.DeactivateRequest()
    request.customerId = id
    request.reason = reason
    _ = try call(.customerServiceDeactivate, request, GatehouseV1.DeactivateResponse.self)
  }

  func activate(_ id: String) throws {
    var request = GatehouseV1.ActivateRequest()
    request.customerId = id
    _ = try call(.customerServiceActivate, request, GatehouseV1.ActivateResponse.self)
  }
}

/// Pulls a stream as a loop does: asks again after each wake.
final class StreamReader {
  let source: any ReplySource
  private let sink: RecordingSink
  /// What the clock of the loop says: turned by the test.
  var now: UInt64 = 1

  init(source: any ReplySource, sink: RecordingSink) {
    self.source = source
    self.sink = sink
  }

  /// The next message, waiting for wakes, however many; nil when the stream has ended.
  func next<Message: WireMessage>(_: Message.Type = Message.self) throws -> Message? {
    while true {
      let wakes = sink.state.withLock { $0.wakes }
      switch try ask(Message.self) {
      case .message(let message): return message
      case .idle(until: let time) where time <= now: continue
      case .idle: _ = sink.state.wait { $0.wakes > wakes ? true : nil }
      case .end(let status): throw status
      }
    }
  }

  enum Answer<Message> {
    case message(Message)
    case idle(until: UInt64)
    case end(Status)
  }

  /// Asks once.
  func ask<Message: WireMessage>(_: Message.Type) throws -> Answer<Message> {
    var writer = WireWriter()
    switch source.next(into: &writer, now: now) {
    case .message, .answer: return .message(try writer.withUnsafeBytes { try Message(decoding: Array($0)) })
    case .idle(let time): return .idle(until: time)
    case .end(let status): return .end(status)
    }
  }
}
