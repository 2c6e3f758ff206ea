internal import Lifecycle
internal import Testing

@testable import Store

struct ReviewQueueTests {
  private static let second: UInt64 = 1_000_000_000

  private func time(_ microseconds: Int64) -> Timestamp { Timestamp(microseconds: microseconds) }

  private func wait(
    _ kind: ReviewKind = .screening, attempt: UInt32 = 1, due: Int64? = 0, deadline: Int64? = nil,
    _ attention: Attention = .none
  ) -> ReviewWait {
    ReviewWait(
      kind: kind, attempt: attempt, dueAt: due.map(time), deadlineAt: deadline.map(time), attention: attention)
  }

  /// Claims until lapse at 100 seconds; the slots.
  private func claim(_ queue: BoxedQueue, _ kind: ReviewKind = .screening, most: Int = 1) -> [ReviewQueue.Claimed] {
    queue.claim(kind, most: most, until: 100 * Self.second) { 7 }
  }

  // MARK: - Order

  @Test func givesWhatIsDueLongestFirstOfEachTenantInTurn() {
    let queue = BoxedQueue()
    for slot in 0..<6 as Range<Slot> { queue.change(slot, of: "a", to: wait(), at: time(0)) }
    for slot in 6..<8 as Range<Slot> { queue.change(slot, of: "b", to: wait(), at: time(0)) }
    queue.change(8, of: "c", to: wait(), at: time(0))
    #expect(claim(queue, most: 5).map(\.slot) == [0, 6, 8, 1, 7])
    #expect(claim(queue, most: 2).map(\.slot) == [2, 3])
    queue.change(9, of: "c", to: wait(), at: time(0))
    #expect(claim(queue, most: 9).map(\.slot) == [4, 9, 5])
    #expect(claim(queue).isEmpty && !queue.hasDue(.screening))
  }

  @Test func oneTenantsThousandsDoNotHoldAnothersUp() {
    let queue = BoxedQueue()
    for slot in 0..<5000 as Range<Slot> { queue.change(slot, of: "big", to: wait(), at: time(0)) }
    _ = claim(queue, most: 10)
    queue.change(9000, of: "small", to: wait(), at: time(1))
    #expect(claim(queue, most: 2).contains { $0.slot == 9000 })
  }

  @Test func kindsAreApart() {
    let queue = BoxedQueue()
    queue.change(1, of: "a", to: wait(.verification), at: time(0))
    #expect(claim(queue, .screening).isEmpty)
    #expect(queue.hasDue(.verification))
    #expect(claim(queue, .verification).map(\.slot) == [1])
  }

  @Test func whatIsDueLaterComesInItsOrder() {
    let queue = BoxedQueue()
    for (slot, due) in [(1, 30), (2, 10), (3, 20)] as [(Slot, Int64)] {
      queue.change(slot, of: "a", to: wait(due: due), at: time(0))
    }
    #expect(queue.nextInstant == time(10) && !queue.hasDue(.screening))
    #expect(queue.advance(to: time(9), monotonic: 0, limit: 9).isEmpty && claim(queue).isEmpty)
    #expect(queue.advance(to: time(25), monotonic: 0, limit: 9).isEmpty)
    #expect(queue.nextInstant == time(30))
    #expect(claim(queue, most: 9).map(\.slot) == [2, 3])
  }

  // MARK: - Leases

  @Test func whatIsHeldIsNotGivenTwice() {
    let queue = BoxedQueue()
    queue.change(1, of: "a", to: wait(), at: time(0))
    let claimed = claim(queue)
    #expect(claimed.map(\.slot) == [1])
    #expect(claim(queue).isEmpty)
    #expect(queue.nextLapse == 100 * Self.second)
    #expect(queue.advance(to: time(1), monotonic: 100 * Self.second - 1, limit: 9).isEmpty && claim(queue).isEmpty)
    _ = queue.advance(to: time(1), monotonic: 100 * Self.second, limit: 9)
    #expect(claim(queue).map(\.slot) == [1])
    #expect(!queue.giveBack(claimed[0].token) || claimed[0].token == 7, "the nonce of this test is always the same")
  }

  @Test func aTokenStandsForItsOwnLeaseOnly() {
    let queue = BoxedQueue()
    queue.change(1, of: "a", to: wait(), at: time(0))
    var nonce: UInt32 = 0
    func next() -> UInt32 {
      nonce += 1
      return nonce
    }
    let first = queue.claim(.screening, most: 1, until: 5, nonce: next)[0].token
    #expect(queue.giveBack(first))
    #expect(!queue.giveBack(first) && !queue.renew(first, until: 9))
    let second = queue.claim(.screening, most: 1, until: 5, nonce: next)[0].token
    #expect(second != first)
    #expect(!queue.giveBack(first), "an older one of the same place")
    #expect(queue.renew(second, until: 9) && queue.nextLapse == 9)
    for strange in [0, 1, .max, second ^ 1, second ^ (1 << 32)] as [UInt64] { #expect(!queue.giveBack(strange)) }
  }

  @Test func whatComesBackIsFirstAgainButNotTimeAndAgain() {
    let queue = BoxedQueue()
    for slot in 0..<3 as Range<Slot> { queue.change(slot, of: "a", to: wait(), at: time(0)) }
    let first = claim(queue)
    #expect(queue.giveBack(first[0].token))
    #expect(claim(queue).map(\.slot) == [0], "it has waited longest")
    _ = queue.advance(to: time(1), monotonic: 100 * Self.second, limit: 9)
    #expect(claim(queue, most: 3).map(\.slot) == [1, 2, 0], "it was given back twice")
  }

  @Test func whatNobodyHasBegunDoesNotCountAsComingBack() {
    let queue = BoxedQueue()
    for slot in 0..<2 as Range<Slot> { queue.change(slot, of: "a", to: wait(), at: time(0)) }
    for _ in 0..<4 {
      let claimed = claim(queue)
      #expect(claimed.map(\.slot) == [0])
      #expect(queue.giveBack(claimed[0].token, wasBegun: false))
    }
  }

  @Test func aReportEndsTheLease() {
    let queue = BoxedQueue()
    queue.change(1, of: "a", to: wait(), at: time(0))
    let token = claim(queue)[0].token
    queue.change(1, of: "a", to: wait(attempt: 2, due: 50), at: time(1))
    #expect(!queue.renew(token, until: 1))
    #expect(queue.nextLapse == nil && queue.nextInstant == time(50))
    #expect(queue.counts(.screening, of: nil).waiting == 1)
    queue.change(1, of: "a", to: nil, at: time(2))
    #expect(queue.nextInstant == nil && queue.counts(.screening, of: nil) == ReviewCounts())
  }

  /// An event that leaves the review as it is leaves the worker alone; so no second one is given it.
  @Test func anotherEventLeavesTheLease() {
    let queue = BoxedQueue()
    queue.change(1, of: "a", to: wait(due: 3, deadline: 90), at: time(5))
    let token = claim(queue)[0].token
    queue.change(1, of: "a", to: wait(due: 3, deadline: 80), at: time(6))
    #expect(claim(queue).isEmpty && queue.nextInstant == time(80))
    #expect(queue.renew(token, until: 1))
    for other in [
      wait(due: 4), wait(attempt: 2, due: 3), wait(.verification, due: 3), wait(due: nil),
      wait(due: 3, .deadlinePassed),
    ] {
      let copy = BoxedQueue()
      copy.change(1, of: "a", to: wait(due: 3), at: time(5))
      let token = claim(copy)[0].token
      copy.change(1, of: "a", to: other, at: time(6))
      #expect(!copy.renew(token, until: 1), "\(other)")
    }
  }

  @Test func leasesAreBounded() {
    let queue = BoxedQueue()
    let count = ReviewLeases.limit + 10
    for slot in 0..<count { queue.change(Slot(slot), of: "a", to: wait(), at: time(0)) }
    #expect(claim(queue, most: count).count == ReviewLeases.limit)
    #expect(!queue.hasDue(.screening) && claim(queue).isEmpty)
    queue.change(0, of: "a", to: nil, at: time(1))
    #expect(queue.hasDue(.screening) && claim(queue, most: 9).count == 1)
  }

  // MARK: - Deadlines

  @Test func tellsOfDeadlinesOnceWhateverThePhase() {
    let queue = BoxedQueue()
    queue.change(1, of: "a", to: wait(due: 100, deadline: 10), at: time(0))
    queue.change(2, of: "a", to: wait(due: 0, deadline: 11), at: time(0))
    queue.change(3, of: "a", to: wait(due: nil, deadline: 12), at: time(0))
    queue.change(4, of: "a", to: wait(due: 5, deadline: 99), at: time(0))
    #expect(claim(queue).map(\.slot) == [2])
    #expect(queue.advance(to: time(20), monotonic: 0, limit: 2) == [1, 2])
    #expect(queue.advance(to: time(20), monotonic: 0, limit: 2) == [3])
    #expect(queue.advance(to: time(20), monotonic: 0, limit: 2).isEmpty)
    queue.postpone(2, to: time(30))
    #expect(queue.nextInstant == time(30))
    #expect(queue.advance(to: time(30), monotonic: 0, limit: 2) == [2])
    queue.change(2, of: "a", to: wait(due: nil, .deadlinePassed), at: time(30))
    #expect(queue.attention(.deadlinePassed, of: nil) == 1)
    #expect(claim(queue).map(\.slot) == [4])
    #expect(queue.nextLapse != nil && queue.nextInstant == time(99))
  }

  // MARK: - Counts

  @Test func countsByTenant() {
    let queue = BoxedQueue()
    queue.change(1, of: "a", to: wait(due: 3), at: time(5))
    queue.change(2, of: "a", to: wait(due: 9), at: time(5))
    queue.change(3, of: "b", to: wait(due: 4), at: time(5))
    queue.change(4, of: "b", to: wait(.verification, due: nil), at: time(5))
    queue.change(5, of: "b", to: wait(due: nil, .conflictingOutcomes), at: time(5))
    func counts(_ tenant: String?, _ kind: ReviewKind = .screening) -> [UInt64] {
      let counts = queue.counts(kind, of: tenant)
      return [counts.due, counts.leased, counts.waiting]
    }
    #expect(counts("a") == [1, 0, 1] && counts("b") == [1, 0, 0] && counts(nil) == [2, 0, 1])
    #expect(counts("b", .verification) == [0, 0, 1] && counts("nobody") == [0, 0, 0])
    #expect(queue.attention(.conflictingOutcomes, of: "b") == 1 && queue.attention(.conflictingOutcomes, of: "a") == 0)
    #expect(queue.longestDue(.screening, of: nil) == time(3) && queue.longestDue(.screening, of: "b") == time(4))
    #expect(queue.longestDue(.verification, of: nil) == nil)
    _ = claim(queue)
    #expect(counts("a") == [0, 1, 1] && queue.longestDue(.screening, of: "a") == nil)
    #expect(queue.oldest(.screening, of: nil) == [1, 3] && queue.oldest(.verification, of: "b") == [4])
    queue.change(3, of: "b", to: wait(.verification, due: 6), at: time(6))
    #expect(queue.oldest(.screening, of: "b") == [5] && queue.oldest(.verification, of: "b") == [4])
    queue.change(4, of: "b", to: nil, at: time(6))
    #expect(queue.oldest(.verification, of: "b") == [3])
  }
}
