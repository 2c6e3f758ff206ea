internal import Confinement
public import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
public import RPC
public import Store
internal import Synchronization
public import System

/// The one place where a method's name meets what it does. Event loops bring calls; the store's executor runs them.
///
/// Methods that can be answered from the store's present state are answered in the turn that brings them. Those that
/// need a signature check or the log hand over to the workers, and come back in a turn of their own.
public final class ServiceDispatcher: CallHandler {
  public let store: CustomerStore
  let workers: WorkerPool
  let backlog: Backlog
  let proofDecisions = ProofDecisions()
  let listeners = LoopListeners()
  let sandbox: Sandbox?
  private let rescreening: RescreeningRound?
  let access: AccessControl
  public let health: HealthRegistry
  let settings: ServiceSettings
  let backupSlots = BackupSlots()
  let trafficSource = Mutex<(@Sendable () -> Traffic)?>(nil)
  /// When it was made: in microseconds since the Unix epoch, and in nanoseconds of the monotonic clock.
  let startedAt = WallClock.now()
  let startedClock = MonotonicClock.now()

  /// Makes a dispatcher and starts its workers.
  ///
  /// - Parameter access: who may call; by default everybody, as the platform.
  public init(
    store: CustomerStore, settings: ServiceSettings, access: AccessControl = AccessControl()
  ) throws(SystemError) {
    self.store = store
    self.settings = settings
    self.access = access
    workers = try WorkerPool(threads: settings.workers)
    backlog = Backlog(limit: settings.mostWaitingCalls, limitATurn: settings.mostCallsATurn)
    sandbox = settings.sandbox.map { Sandbox(settings: $0) }
    rescreening = RescreeningRound(of: store, sandbox: sandbox)
    health = HealthRegistry(hasSimulator: settings.sandbox != nil)
    store.observeDamage { [health] in health.journalIsDamaged() }
  }

  /// Begins what is done without a call: the sandbox acts on customers that wait for it since before the start, wallets
  /// are screened again.
  public func resume() throws(SystemError) {
    if let sandbox {
      try sandbox.schedule.start { [store, weak sandbox] errands in
        guard let sandbox else { return }
        store.executor.submit(SandboxTurn(sandbox: sandbox, store: store, errands: errands))
      }
      store.executor.submit(SandboxSweep(sandbox: sandbox, store: store))
    }
    try rescreening?.start()
  }

  /// Ends what ``resume()`` began; waits for a turn that is under way. To be called before the store is closed.
  public func suspend() {
    rescreening?.stop()
    sandbox?.schedule.stop()
  }

  /// Says what to ask for the server's connections and calls.
  public func reportTraffic(from source: @escaping @Sendable () -> Traffic) {
    trafficSource.withLock { $0 = source }
  }

  // MARK: - CallHandler

  public func authenticate(authorization: String) -> Result<CallerID, Status> { access.authenticate(authorization) }

  public func isCrowded(after calls: Int) -> Bool { backlog.isFull(after: calls) }

  public func refusal(of method: RPCMethod) -> EncodedStatus? { Backlog.mayRefuse(method) ? .crowded : nil }

  /// From this many calls on a batch is decided on the store's own thread while the loop reads on. Below, handing over
  /// would cost more than deciding: with a call each from 50 connections it costs a fifth of what can be served. For
  /// lookups it does so however many there are: the answer of each is written into another processor's memory, and
  /// takes a quarter more time than when the loop that read the call looks the customer up (rate 1.17, 50 x 64).
  private static let largeBatch = 64

  public func handle(_ batch: CallBatch) {
    let prepared = prepare(batch)
    let isLarge = batch.calls.count - prepared.lookups.count >= Self.largeBatch
    // A loop that has just decided a few calls waits for the disk itself, where that is quick: with few calls about,
    // waking the journal's thread and being woken by it takes as long as the disk does. Whoever comes meanwhile is in
    // the next batch.
    let flusher = batch.calls.count < Self.largeBatch && store.flushesQuickly ? Thread.current() : nil
    let turn = CallTurn(batch, prepared, dispatcher: self, flusher: flusher)
    guard turn.waitingCalls > 0 else { return }
    backlog.add(turn.waitingCalls)
    store.executor.submit(turn, isLarge: isLarge)
    if flusher != nil, turn.leavesFlush { store.flush() }
  }

  public func open(_ call: StreamOpening) -> any ReplySource {
    do throws(Status) {
      return try admitStream(call) { caller throws(Status) in try open(call, by: caller) }
    } catch {
      return EndedSource(status: error)
    }
  }

  private func open(_ call: StreamOpening, by caller: Caller) throws(Status) -> any ReplySource {
    switch call.method {
    case .customerServiceWatch: return try openWatch(call, by: caller)
    case .customerServiceWatchStats: return try openWatchStats(call, by: caller)
    case .healthWatch: return try openHealthWatch(call)
    case .adminServiceBackup: return try openBackup(call)
    case .reviewServiceClaimReviews: return try openClaim(call)
    case .adminServiceGetStatus, .adminServiceTakeSnapshot, .customerServiceCreateCustomer,
      .customerServiceGetChallenge, .customerServiceSubmitChallenge,
      .customerServiceGetVerification, .customerServiceActivate, .customerServiceDeactivate,
      .customerServiceGetCustomer, .customerServiceListCustomers, .customerServiceGetHistory,
      .reviewServiceRenewReviews, .reviewServiceReportScreening, .reviewServiceStartVerification,
      .reviewServiceReportVerification, .reviewServiceRequestScreening, .reviewServiceReject, .simulatorServiceVerify,
      .simulatorServiceReject,
      .simulatorServiceScreen, .healthCheck,
      .healthList:
      throw Status(.unimplemented, .methodUnknown, "\(call.method.path) is not a streaming method")
    }
  }

  // MARK: - Unary calls

  func caller(_ id: CallerID) -> Caller { access[id] }

  /// Has the processor fetch what the calls of a batch will look at: a turn that is told of all its customers first
  /// waits for memory once, and not for each of them.
  ///
  /// - Returns: the slot of the customer whom each lookup probably finds.
  private func expect(_ prepared: PreparedCalls, on store: isolated CustomerStore) -> [Slot?] {
    for index in prepared.creations.indices {
      if let hashes = prepared.creations.lend(index, { $0.value.customer.hashes }) { store.expect(hashes) }
    }
    return store.expect(prepared.lookups.count) { index in prepared.lookups.lend(index) { $0.value.key.place } }
  }

  /// Answers the calls of a batch.
  ///
  /// - Returns: the creations that succeeded, whose answers are yet to be rendered.
  func answer(_ batch: CallBatch, _ prepared: PreparedCalls, on store: isolated CustomerStore) -> [AnsweredCreation] {
    let probable = expect(prepared, on: store)
    var answered: [AnsweredCreation] = []
    answered.reserveCapacity(prepared.creations.count)
    let monotonicNow = MonotonicClock.now()
    let calls = batch.calls
    // Once: each look at a batch's property counts a reference.
    let replies = batch.replies
    var cause = CreationCause()
    for index in calls.indices {
      let call = calls[index]
      do throws(Status) {
        switch prepared.calls[index] {
        case .creation(let creation):
          guard monotonicNow < call.deadline else { throw .deadlineExceeded }
          if cause.caller != call.caller { cause = CreationCause(call.caller, access) }
          let created = try prepared.creations.lend(creation) { (creation) throws(Status) in
            try create(creation.value, call, cause: cause.cause, of: batch, on: store)
          }
          guard let created else { continue }
          answered.append(
            AnsweredCreation(
              connection: call.connection, stream: call.stream, creation: creation, created: created))
        case .lookup(let number):
          guard monotonicNow < call.deadline else { throw .deadlineExceeded }
          try prepared.lookups.lend(number) { (lookup) throws(Status) in
            try getCustomer(lookup.value, probably: probable[number], call, of: batch, into: replies, on: store)
          }
        case .refused(let refusal):
          guard monotonicNow < call.deadline else { throw .deadlineExceeded }
          throw prepared.refusals[refusal]
        case .none:
          guard monotonicNow < call.deadline else { throw .deadlineExceeded }
          try batch.withPayload(call) { (payload) throws(Status) in
            try answer(
              CallRequest(call: call, payload: payload, caller: caller(call.caller), batch: batch), on: store)
          }
        case .handedOver: continue
        }
      } catch {
        replies.fail(call.connection, call.stream, error)
      }
    }
    return answered
  }

  /// Renders the answers to creations.
  ///
  /// - Parameter creations: those of the batch.
  func render(_ answered: [AnsweredCreation], of creations: [Creation], into replies: ReplyBatch) {
    // Once: the terms are many texts, of which each would be counted.
    var challenges = ChallengeRendering(under: store.settings.terms)
    for index in answered.indices {
      let before = replies.byteCount
      let answer = answered[index]
      replies.succeed(answer.connection, answer.stream) { writer in
        creations.lend(answer.creation) { creation in
          render(
            CustomerRecord(creation.value.customer, answer.created), as: .customerAndChallenge, by: &challenges,
            into: &writer)
        }
      }
      // All are about as long as the first.
      if index == 0 {
        let rest = answered.count - 1
        replies.reserve(count: rest, bytes: rest * (replies.byteCount - before + Self.answerVariance))
      }
    }
  }

  /// By how much answers to creations differ in length, in bytes: by the external id, mostly.
  private static let answerVariance = 32

  private func answer(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    switch call.method {
    case .customerServiceGetChallenge: try getChallenge(call, on: store)
    case .customerServiceSubmitChallenge: try submitChallenge(call, on: store)
    case .customerServiceGetVerification: try getVerification(call, on: store)
    case .customerServiceActivate: try activate(call, on: store)
    case .customerServiceDeactivate: try deactivate(call, on: store)
    case .customerServiceListCustomers: try listCustomers(call, on: store)
    case .customerServiceGetHistory: try getHistory(call, on: store)
    case .reviewServiceRenewReviews: try renewReviews(call, on: store)
    case .reviewServiceReportScreening: try reportScreening(call, on: store)
    case .reviewServiceStartVerification: try startVerification(call, on: store)
    case .reviewServiceReportVerification: try reportVerification(call, on: store)
    case .reviewServiceRequestScreening: try requestScreening(call, on: store)
    case .reviewServiceReject: try reject(call, on: store)
    case .simulatorServiceVerify: try simulateVerify(call, on: store)
    case .simulatorServiceReject: try simulateReject(call, on: store)
    case .simulatorServiceScreen: try simulateScreen(call, on: store)
    case .healthCheck: try checkHealth(call)
    case .healthList: try listHealth(call)
    case .adminServiceGetStatus, .adminServiceTakeSnapshot, .adminServiceBackup, .customerServiceCreateCustomer,
      .customerServiceGetCustomer, .customerServiceWatch, .customerServiceWatchStats, .reviewServiceClaimReviews,
      .healthWatch:
      throw Status(.internal, .internal, "the call came another way than its method's")
    }
  }
}

/// Why the customers of a caller are taken in: the same for one call and the next.
struct CreationCause {
  private(set) var caller: CallerID?
  private(set) var cause = Cause(command: .createCustomer, principal: "")

  init() {}

  init(_ caller: CallerID, _ access: AccessControl) {
    self.caller = caller
    cause.principal = access[caller].principal
  }
}

/// A creation on its way back to the call. What the call itself has said is not copied: it is the batch's.
struct AnsweredCreation: Sendable {
  var connection: ConnectionID
  var stream: UInt32
  /// Its number in ``PreparedCalls/creations``.
  var creation: Int
  var created: CreatedCustomer
}

/// A unary call as its handler sees it. Valid within the turn: the payload is the batch's.
struct CallRequest: ~Copyable {
  let method: RPCMethod
  let connection: ConnectionID
  let stream: UInt32
  let deadline: UInt64
  let payload: UnsafeRawBufferPointer
  let caller: Caller
  let batch: CallBatch

  init(call: CallBatch.Call, payload: UnsafeRawBufferPointer, caller: Caller, batch: CallBatch) {
    method = call.method
    connection = call.connection
    stream = call.stream
    deadline = call.deadline
    self.payload = payload
    self.caller = caller
    self.batch = batch
  }

  /// The decoded request.
  func decode<Message: WireMessage>(_: Message.Type) throws(Status) -> Message {
    do throws(WireError) {
      return try Message(decoding: payload)
    } catch {
      throw .payloadMalformed(method, error)
    }
  }

  /// Answers the call with the message that `body` writes; the answer leaves when the turn is durable.
  func succeed(_ body: (inout WireWriter) -> Void) {
    batch.replies.succeed(connection, stream, body)
  }

  /// Where an answer goes that is made later, apart from the turn.
  var returnAddress: ReturnAddress { ReturnAddress(sink: batch.sink, connection: connection, stream: stream) }
}

/// Where an answer goes that is made apart from the turn that brought the call.
struct ReturnAddress: Sendable {
  let sink: any ReplySink
  let connection: ConnectionID
  let stream: UInt32

  /// Answers now. What the answer tells is durable.
  func deliver(_ status: Status) {
    let replies = ReplyBatch()
    replies.fail(connection, stream, status)
    sink.deliver(replies)
  }

  /// Answers now, with the message that `body` writes. What the answer tells is durable.
  func deliver(_ body: (inout WireWriter) -> Void) {
    let replies = ReplyBatch()
    replies.succeed(connection, stream, body)
    sink.deliver(replies)
  }
}

/// A stream that was refused: it ends as soon as it is asked.
final class EndedSource: ReplySource {
  private let status: Status

  init(status: Status) {
    self.status = status
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress { .end(status) }

  func cancelled() {}
}
