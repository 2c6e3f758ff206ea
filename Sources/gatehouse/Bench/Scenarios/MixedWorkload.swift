internal import GatehouseAPI
internal import ProtobufWire
internal import RPC

/// Calls of several kinds, each as often as its share says, in random order.
struct MixedWorkload: Workload {
  /// A customer whose state a lane is about to change.
  private struct Change {
    var customer: Int
    var makesActive: Bool
  }

  private let customers: CustomerNumber
  private let identifiers: KnownIdentifiers
  private let shares: CallShares
  private var random: SplitMix
  private var next: UInt64
  private let stride: UInt64
  private let templates = MixedTemplates()
  /// Where the customers that are deactivated and activated go when the load is over.
  private let register: ActiveCustomers
  private var pool: ActiveCustomers.Share
  /// Of each lane; nil where its call changes no such customer.
  private var changes: [Change?]

  /// - Parameters:
  ///   - identifiers: of the customers that are there, from number 0 on.
  ///   - active: of whom this is the thread with the number given, out of `threads`.
  ///   - first: the number of the first customer that is made by any thread.
  init(
    _ customers: CustomerNumber, _ identifiers: KnownIdentifiers, _ active: ActiveCustomers, shares: CallShares,
    lanes: Int, first: UInt64, thread: Int, threads: Int
  ) {
    self.customers = customers
    self.identifiers = identifiers
    self.shares = shares
    next = first + UInt64(thread)
    random = SplitMix(seed: next)
    stride = UInt64(threads)
    register = active
    pool = active.take(thread, of: threads)
    changes = [Change?](repeating: nil, count: lanes)
  }

  mutating func appendCall(_ lane: Int, stream: UInt32, to queue: inout ByteQueue) {
    let customer = random.next(below: UInt64(identifiers.count))
    switch shares.kind(random.next(below: shares.total)) {
    case .create:
      customers.withDigits(next) { templates.creation.append(stream, to: &queue, $0) }
      next &+= stride
    case .get: customers.withDigits(customer) { templates.lookUp.append(stream, to: &queue, $0) }
    case .history: identifiers.withIdentifier(Int(customer)) { templates.history.append(stream, to: &queue, $0) }
    case .challenge: identifiers.withIdentifier(Int(customer)) { templates.challenge.append(stream, to: &queue, $0) }
    case .activate: appendChange(lane, stream, &queue, activating: true)
    case .deactivate: appendChange(lane, stream, &queue, activating: false)
    }
  }

  /// A customer who is in the other state is changed, so that each call is an event. Where there is none left, because
  /// there are more lanes than customers or one kind of call is more frequent, it goes the other way; where all are
  /// being changed, a customer is looked up instead.
  private mutating func appendChange(
    _ lane: Int, _ stream: UInt32, _ queue: inout ByteQueue, activating: Bool
  ) {
    let makesActive = activating ? !pool.inactive.isEmpty : pool.active.isEmpty
    guard let customer = makesActive ? random.takeOne(&pool.inactive) : random.takeOne(&pool.active) else {
      return customers.withDigits(0) { templates.lookUp.append(stream, to: &queue, $0) }
    }
    changes[lane] = Change(customer: customer, makesActive: makesActive)
    let template = makesActive ? templates.activation : templates.deactivation
    pool.identifiers.withIdentifier(customer) { template.append(stream, to: &queue, $0) }
  }

  mutating func take(_ lane: Int, _ payload: UnsafeRawBufferPointer?, begun _: UInt64) -> WorkloadStep {
    guard let change = changes[lane] else { return .complete }
    changes[lane] = nil
    settle(change, succeeded: payload != nil)
    return .complete
  }

  private mutating func settle(_ change: Change, succeeded: Bool) {
    if change.makesActive == succeeded {
      pool.active.append(change.customer)
    } else {
      pool.inactive.append(change.customer)
    }
  }

  func finish() {
    var share = pool
    // What is not known to be one or the other may be activated: that is no error for who is ACTIVE.
    share.inactive += changes.compactMap { $0?.customer }
    register.giveBack(share)
  }
}

extension SplitMix {
  /// Takes any one of some numbers out; nil when there is none.
  fileprivate mutating func takeOne(_ numbers: inout [Int]) -> Int? {
    guard !numbers.isEmpty else { return nil }
    numbers.swapAt(Int(next(below: UInt64(numbers.count))), numbers.count - 1)
    return numbers.removeLast()
  }
}

/// The calls, with holes for whom they are about.
private struct MixedTemplates: Sendable {
  let creation = CallTemplate(
    .customerServiceCreateCustomer, SampleCustomer.creation, marks: [CustomerNumber.mark])
  let lookUp = CallTemplate(
    .customerServiceGetCustomer, SampleCustomer.lookUp, marks: [CustomerNumber.mark])
  let history: CallTemplate
  let challenge: CallTemplate
  let activation: CallTemplate
  let deactivation: CallTemplate

  init() {
    let identifier = SampleCustomer.identifierMark
    let marks = [Array(identifier.utf8)]
    history = CallTemplate(
      .customerServiceGetHistory, GatehouseV1.GetHistoryRequest.with { $0.customerId = identifier }, marks: marks)
    challenge = CallTemplate(
      .customerServiceGetChallenge, GatehouseV1.GetChallengeRequest.with { $0.customerId = identifier }, marks: marks)
    let activate = GatehouseV1.ActivateRequest.with {
      $0.customerId = identifier
      $0.reason = "bench"
    }
    activation = CallTemplate(.customerServiceActivate, activate, marks: marks)
    let deactivate = GatehouseV1.DeactivateRequest.with {
      $0.customerId = identifier
      $0.kind = .operational
      $0.reason = "bench"
    }
    deactivation = CallTemplate(.customerServiceDeactivate, deactivate, marks: marks)
  }
}
