internal import GatehouseAPI
internal import ProtobufWire

/// Where a Watch is, what it asks for next, and whether it goes on after an interruption. A value: it waits for
/// nothing.
///
/// Each message is taken apart into steps; what a step leads to counts once it was handed out, so that a Watch that is
/// interrupted in the middle of a message goes on behind the last event that the application has seen.
struct WatchResumption: ResumableCore {
  /// A change that is yet to be handed out, if there is one, and the position that it leads to.
  private struct Step {
    let change: WatchChange?
    let position: UInt64?
  }

  private let first: GatehouseV1.WatchRequest
  private let onHistoryLost: HistoryLoss
  private let includesProgress: Bool
  private var resumption: StreamResumption

  /// Up to where everything was handed out; nil as long as nothing is known of it.
  private(set) var position: UInt64?
  /// The history that the position belongs to.
  private(set) var storeID: [UInt8]
  /// How many revisions the server was ahead of the last message when it made it.
  private(set) var behindBy: UInt64 = 0
  /// How many events `latestOnly` has left out so far.
  private(set) var skipped: UInt64 = 0
  private var isInSnapshot: Bool
  private var reason = ""
  private var steps: [Step] = []
  private var nextStep = 0

  init(
    _ request: GatehouseV1.WatchRequest, onHistoryLost: HistoryLoss, includesProgress: Bool, _ settings: ClientSettings
  ) {
    first = request
    self.onHistoryLost = onHistoryLost
    self.includesProgress = includesProgress
    resumption = StreamResumption(settings)
    position = request.afterRevision
    storeID = request.storeId
    isInSnapshot = request.snapshot
  }

  // MARK: What is handed out

  /// The next change; nil when there has to be another message first.
  mutating func next() -> WatchChange? {
    while nextStep < steps.count {
      let step = steps[nextStep]
      nextStep += 1
      let isNew = step.position.map { $0 > position ?? 0 || position == nil } ?? true
      // An event that was handed out before: a server that begins too early.
      if !isNew, case .event = step.change { continue }
      if isNew, let reached = step.position { position = reached }
      if let change = step.change { return change }
    }
    steps.removeAll(keepingCapacity: true)
    nextStep = 0
    return nil
  }

  mutating func receive(_ message: GatehouseV1.WatchResponse) {
    resumption.reset()
    behindBy = message.behindBy
    skipped &+= message.skipped
    if !message.storeId.isEmpty { storeID = message.storeId }
    for customer in message.current { steps.append(Step(change: .current(customer), position: nil)) }
    for event in message.events { steps.append(Step(change: .event(event), position: event.revision)) }
    if let complete = message.snapshotComplete {
      isInSnapshot = false
      reason = ""
      let change = WatchChange.snapshotComplete(revision: complete.revision, customers: complete.customers)
      steps.append(Step(change: change, position: complete.revision))
    }
    if let progress = message.progress?.revision {
      steps.append(Step(change: includesProgress ? .progress(revision: progress) : nil, position: progress))
    }
  }

  mutating func receive(payload: [UInt8]) throws(GatehouseError) {
    receive(try GatehouseClient.decode(payload))
  }

  // MARK: What is asked for

  mutating func requestPayload() -> [UInt8] { request().encoded() }

  /// Asks for what is behind everything that was handed out. To be called when there is no step left.
  mutating func request() -> GatehouseV1.WatchRequest {
    var request = first
    guard isInSnapshot else {
      request.snapshot = false
      request.afterRevision = position
      request.storeId = storeID
      return request
    }
    steps.append(Step(change: .snapshotBegun(reason: reason), position: nil))
    reason = "INTERRUPTED"
    // A revision beside a snapshot is a mistake, and the server's to refuse.
    if !first.snapshot { request.afterRevision = nil }
    request.snapshot = true
    request.storeId = []
    return request
  }

  mutating func decide(
    after interruption: StreamResumption.Interruption, using random: inout some RandomNumberGenerator
  ) -> StreamResumption.Decision {
    if case .failed(let failure) = interruption, isBeginningAgain(after: failure) {
      return .again(after: resumption.pause(using: &random))
    }
    return resumption.decide(after: interruption, using: &random)
  }

  /// Whether the history is lost and a snapshot is asked for in its place.
  private mutating func isBeginningAgain(after failure: GatehouseError) -> Bool {
    let reasons: [GatehouseV1.Reason] = [.revisionCompacted, .storeChanged, .revisionInFuture]
    guard onHistoryLost == .snapshot, reasons.contains(where: { $0.shortName == failure.reason }) else { return false }
    position = nil
    storeID = []
    isInSnapshot = true
    reason = failure.reason
    return true
  }
}
