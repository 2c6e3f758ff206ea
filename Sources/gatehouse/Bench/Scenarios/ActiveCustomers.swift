internal import RPC
internal import Synchronization

/// Customers who are ACTIVE or INACTIVE, to be deactivated and activated: each by one thread at a time.
final class ActiveCustomers: Sendable {
  /// A thread's share of them.
  struct Share: Sendable {
    /// Their ids, for all threads.
    var identifiers = KnownIdentifiers(count: 0)
    /// Numbers of those that may be deactivated.
    var active: [Int] = []
    /// Numbers of those that may be activated.
    var inactive: [Int] = []
  }

  private let all = Mutex(Share())

  var count: Int { all.withLock { $0.identifiers.count } }

  /// Those that have just become ACTIVE.
  func enter(_ identifiers: KnownIdentifiers) {
    all.withLock { $0 = Share(identifiers: identifiers, active: Array(0..<identifiers.count)) }
  }

  /// The share of one thread: those whose number divided by `threads` leaves `thread`. It is the thread's until it is
  /// given back.
  func take(_ thread: Int, of threads: Int) -> Share {
    all.withLock { all in
      var share = Share(identifiers: all.identifiers)
      share.active = all.active.filter { $0 % threads == thread }
      share.inactive = all.inactive.filter { $0 % threads == thread }
      all.active.removeAll { $0 % threads == thread }
      all.inactive.removeAll { $0 % threads == thread }
      return share
    }
  }

  func giveBack(_ share: Share) {
    all.withLock { all in
      all.active += share.active
      all.inactive += share.inactive
    }
  }
}

/// Lets customers live until they are ACTIVE, and remembers their ids.
struct ActivePopulationWorkload: Workload {
  private var lives: OnboardWorkload
  private var identifiers: KnownIdentifiers
  private var entered = 0
  private let customers: ActiveCustomers

  init(_ lives: OnboardWorkload, count: Int, customers: ActiveCustomers) {
    self.lives = lives
    identifiers = KnownIdentifiers(count: count)
    self.customers = customers
  }

  mutating func appendCall(_ lane: Int, stream: UInt32, to queue: inout ByteQueue) {
    lives.appendCall(lane, stream: stream, to: &queue)
  }

  mutating func take(_ lane: Int, _ payload: UnsafeRawBufferPointer?, begun: UInt64) -> WorkloadStep {
    let step = lives.take(lane, payload, begun: begun)
    if case .complete = step, entered < identifiers.count {
      lives.withIdentifier(lane) { identifiers.set(entered, $0) }
      entered += 1
    }
    return step
  }

  func finish() {
    guard entered == identifiers.count else { return }
    customers.enter(identifiers)
  }
}
