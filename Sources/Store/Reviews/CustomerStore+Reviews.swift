public import Lifecycle
internal import System

// What third parties have to do: kept up with each event, given out to workers, driven by the store's clock.

extension CustomerStore {
  /// The principal of what happens by the time alone.
  public static let clockPrincipal = "gatehouse"

  /// How many deadlines are looked at in one turn, so that calls get in between.
  private static let deadlinesPerTurn = 256
  /// How long to wait until a deadline is looked at again of which nothing could be written.
  private static let deadlineRetry: Int64 = 1_000_000
  /// How long the clock rests between two alarms at least, in nanoseconds: what comes meanwhile is one turn's work.
  private static let leastRest: UInt64 = 1_000_000

  // MARK: - Claims

  /// Takes a claim. It is answered at the end of the turn, or, if it waits, as soon as there is a review.
  ///
  /// - Returns: false when too many wait already; it is then not answered.
  public func claim(_ claim: ReviewClaim) -> Bool {
    advanceReviews()
    reviews.hasNews = true
    return claims.add(claim)
  }

  /// Takes a claim back that waits.
  ///
  /// - Returns: whether it waited; otherwise it is, or was, answered.
  public func withdraw(_ claim: ReviewClaim) -> Bool { claims.remove(claim) }

  /// Sets for how long leases are held from now on.
  ///
  /// - Parameter milliseconds: 0 gives the reviews back.
  /// - Returns: those that were held, and until when they are.
  public func renewReviews(
    _ tokens: [UInt64], milliseconds: UInt32
  ) -> (tokens: [UInt64], leaseExpiresAt: Timestamp?) {
    // A lease that has lapsed is not renewed, even if nobody has noticed yet that it has.
    advanceReviews()
    guard milliseconds > 0 else { return (tokens.filter { reviews.giveBack($0) }, nil) }
    let lapse = lapse(after: milliseconds)
    return (tokens.filter { reviews.renew($0, until: lapse) }, leaseEnd(after: milliseconds))
  }

  /// Takes reviews back that were given and have not reached whoever claimed them.
  public func takeBack(_ given: [LeasedReview]) {
    for review in given { _ = reviews.giveBack(review.token, wasBegun: false) }
  }

  private func lapse(after milliseconds: UInt32) -> UInt64 {
    settings.clock.monotonic() &+ UInt64(milliseconds) * 1_000_000
  }

  private func leaseEnd(after milliseconds: UInt32) -> Timestamp {
    now.advanced(byMicroseconds: Int64(milliseconds) * 1000)
  }

  // MARK: - Turns

  /// An event has changed a customer.
  func noteReview(of slot: Slot) {
    reviews.change(
      slot, of: state[slot].tenant, to: state[slot].standing.reviewWait(under: settings.policy), at: now)
  }

  /// At the end of a turn: gives what is due to those who wait for it, and has the clock call when something comes.
  func settleReviews() {
    if !claims.isEmpty {
      serveClaims(.screening)
      serveClaims(.verification)
      for claim in claims.takeImpatient() { gate.park(claim, until: position) }
    }
    setAlarm()
  }

  private func serveClaims(_ kind: ReviewKind) {
    claims.serve(kind) { claim in
      guard reviews.hasDue(kind) else { return false }
      give(to: claim)
      return true
    }
  }

  private func give(to claim: ReviewClaim) {
    let claimed = reviews.claim(claim.kind, most: claim.most, until: lapse(after: claim.leaseMilliseconds)) {
      UInt32(truncatingIfNeeded: random.next())
    }
    claim.give(
      claimed.map {
        LeasedReview(
          kind: $0.kind, customer: state[$0.slot], token: $0.token,
          leaseExpiresAt: leaseEnd(after: claim.leaseMilliseconds))
      })
    gate.park(claim, until: position)
  }

  // MARK: - Time

  /// Has the store act when the time has come to something, beginning with what came while it was not there.
  nonisolated func startClock() throws(SystemError) {
    try settings.clock.start { [weak self] in
      guard let self else { return }
      StoreVisit.run(self) { store in
        store.alarmAt = .max
        store.advanceReviews()
        store.reviews.hasNews = true
      }
    }
    settings.clock.setAlarm(at: 0)
  }

  private func setAlarm() {
    let monotonic = settings.clock.monotonic()
    let coming = reviews.takeNews()
    var next = coming.lapse ?? .max
    if let instant = coming.instant {
      let wait = UInt64(clamping: instant.microseconds.subtractingReportingOverflow(now.microseconds).partialValue)
      let (nanoseconds, isLong) = wait.multipliedReportingOverflow(by: 1000)
      let (time, isLate) = monotonic.addingReportingOverflow(nanoseconds)
      next = min(next, isLong || isLate ? .max : time)
    }
    next = max(next, monotonic &+ Self.leastRest)
    guard next < alarmAt else { return }
    alarmAt = next
    settings.clock.setAlarm(at: next)
  }

  /// Has what is due by now be due, and passes the deadlines that have passed.
  func advanceReviews() {
    let overdue = reviews.advance(
      to: now, monotonic: settings.clock.monotonic(), limit: Self.deadlinesPerTurn)
    for slot in overdue {
      if lacksSpace || isOverloaded {
        reviews.postpone(slot, to: now.advanced(byMicroseconds: Self.deadlineRetry))
      } else if case .change(let standing, _) = decideDeadline(state[slot].standing, at: now, under: settings.policy) {
        change(
          state[slot], to: standing, cause: Cause(command: .passDeadline, principal: Self.clockPrincipal),
          answering: nil, report: nil)
      }
    }
  }
}

extension StoreState {
  /// Everybody who waits for a third party, as records and snapshots have left them.
  func reviewQueue(under policy: Policy) -> ReviewQueue {
    // No more than is needed to put them in order: there may be millions.
    var waiting: [(since: Timestamp, slot: Slot)] = []
    for slot in 0..<customers.count where customers[slot].standing.reviewWait(under: policy) != nil {
      waiting.append((customers[slot].pending?.since ?? Timestamp(microseconds: 0), Slot(slot)))
    }
    waiting.sort { $0.since < $1.since }
    var queue = ReviewQueue()
    // Nothing is due yet: so it becomes due in the order of time, when the clock is first looked at.
    for (_, slot) in waiting {
      let wait = customers[Int(slot)].standing.reviewWait(under: policy)
      queue.change(slot, of: customers[Int(slot)].tenant, to: wait, at: Timestamp(microseconds: .min))
    }
    return queue
  }
}
