/// Which reviews are held by workers, and until when. In memory alone: a restart ends them all.
struct ReviewLeases: ~Copyable {
  /// How many are held at once at the most, by all workers together: far more than providers take at once, and a few
  /// megabytes.
  static let limit = 65_536

  struct Lease {
    /// Stands for the lease outside: its place, and a random number that an older one of that place did not have.
    var token: UInt64
    var node: UInt32
  }

  private var leases: [Lease?] = []
  private var free: [UInt32] = []
  /// When each lapses, in nanoseconds of the monotonic clock: a clock that is set must not end a worker's lease.
  private var lapses = InstantHeap()

  var count: Int { lapses.count }

  /// When the next one lapses; nil when none is held.
  var nextLapse: UInt64? { lapses.first.map { UInt64(clamping: $0.instant) } }

  subscript(lease: UInt32) -> Lease {
    guard let found = leases[Int(lease)] else { preconditionFailure("the lease has ended") }
    return found
  }

  /// The lease that a token stands for; nil when it has ended.
  func lease(of token: UInt64) -> UInt32? {
    let place = Int(truncatingIfNeeded: token >> 32)
    guard place < leases.count, let found = leases[place], found.token == token else { return nil }
    return UInt32(place)
  }

  /// - Parameter nonce: random.
  mutating func add(_ node: UInt32, until instant: UInt64, nonce: UInt32) -> UInt32 {
    let place = free.popLast() ?? UInt32(leases.count)
    let token = UInt64(place) << 32 | UInt64(nonce)
    let lease = Lease(token: token, node: node)
    if Int(place) == leases.count { leases.append(lease) } else { leases[Int(place)] = lease }
    lapses.set(place, at: Int64(clamping: instant))
    return place
  }

  mutating func renew(_ lease: UInt32, until instant: UInt64) {
    lapses.set(lease, at: Int64(clamping: instant))
  }

  mutating func end(_ lease: UInt32) {
    lapses.remove(lease)
    leases[Int(lease)] = nil
    free.append(lease)
  }

  /// A lease that has lapsed by then; it is the caller's to end.
  func lapsed(by instant: UInt64) -> UInt32? {
    guard let first = lapses.first, first.instant <= Int64(clamping: instant) else { return nil }
    return first.element
  }
}
