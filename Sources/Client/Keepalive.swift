/// When a silent connection is asked for a sign of life, and when it is taken for lost. Only a silence with calls open
/// counts. A value; moments are nanoseconds of ``MonotonicClock``.
struct Keepalive: Equatable, Sendable {
  enum Verdict: Equatable {
    /// Nothing is due before.
    case rest(until: UInt64)
    case ping
    case lost
  }

  private let after: UInt64
  private let timeout: UInt64
  private var heardAt: UInt64
  /// When the ping was sent that nothing has come behind yet.
  private var pingedAt: UInt64?

  init(_ settings: ClientSettings, now: UInt64) {
    after = settings.keepaliveAfter.nanoseconds
    timeout = settings.keepaliveTimeout.nanoseconds
    heardAt = now
  }

  /// Something was received.
  mutating func hear(at now: UInt64) {
    heardAt = now
    pingedAt = nil
  }

  /// A call begins where none was open: the silence before says nothing, but is a reason to ask soon.
  mutating func awake(at now: UInt64) {
    heardAt = max(heardAt, now.saturatingSubtracting(after))
    pingedAt = nil
  }

  /// What is due now. To be asked while calls are open.
  mutating func check(at now: UInt64) -> Verdict {
    if let pingedAt {
      let due = pingedAt.saturatingAdding(timeout)
      return due <= now ? .lost : .rest(until: due)
    }
    let due = heardAt.saturatingAdding(after)
    if due > now { return .rest(until: due) }
    pingedAt = now
    return .ping
  }
}

extension UInt64 {
  func saturatingAdding(_ other: UInt64) -> UInt64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }

  func saturatingSubtracting(_ other: UInt64) -> UInt64 { self > other ? self - other : 0 }
}
