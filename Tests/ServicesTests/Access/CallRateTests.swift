internal import Testing

@testable import Services

struct CallRateTests {
  /// A bucket as it is usually written: so many tokens, refilled as time passes.
  private struct Reference {
    let count: UInt64
    let interval: UInt64
    var taken: [UInt64] = []

    /// When the bucket would be full: each taken token is back one interval after the one before it.
    mutating func take(now: UInt64) -> Bool {
      var fullAt: UInt64 = 0
      for time in taken { fullAt = max(fullAt, time) + interval }
      let missing = fullAt > now ? (fullAt - now + interval - 1) / interval : 0
      guard missing < count else { return false }
      taken.append(now)
      return true
    }
  }

  @Test(arguments: [1, 2, 3, 7, 100] as [UInt64]) func asManyAtOnceAsFitAndThenEvenly(count: UInt64) {
    let rate = CallRate(count, in: 1_000_000_000)
    let now: UInt64 = 5_000_000_000
    var fullAt: UInt64 = 0
    for _ in 0..<count {
      #expect(rate.wait(fullAt: fullAt, now: now) == 0)
      fullAt = rate.taking(fullAt: fullAt, now: now)
    }
    let wait = rate.wait(fullAt: fullAt, now: now)
    #expect(wait == rate.interval)
    #expect(rate.wait(fullAt: fullAt, now: now + wait - 1) == 1)
    #expect(rate.wait(fullAt: fullAt, now: now + wait) == 0)
    // One more fits in, and no second one.
    fullAt = rate.taking(fullAt: fullAt, now: now + wait)
    #expect(rate.wait(fullAt: fullAt, now: now + wait) == rate.interval)
    // After a long rest it is as at the beginning, and no more.
    fullAt = rate.taking(fullAt: fullAt, now: now + 60_000_000_000)
    #expect(fullAt == now + 60_000_000_000 + rate.interval)
  }

  @Test func itAgreesWithABucketThatIsCounted() {
    var generator = Seeded(seed: 11)
    for _ in 0..<200 {
      let count = UInt64.random(in: 1...5, using: &generator)
      let rate = CallRate(count, in: 1000)
      var reference = Reference(count: count, interval: rate.interval)
      var (now, fullAt): (UInt64, UInt64) = (10_000, 0)
      for _ in 0..<50 {
        now += UInt64.random(in: 0...400, using: &generator)
        let isFree = rate.wait(fullAt: fullAt, now: now) == 0
        if isFree { fullAt = rate.taking(fullAt: fullAt, now: now) }
        #expect(reference.take(now: now) == isFree)
      }
    }
  }

  /// More than so many in any stretch of the span, and as many again that were saved, there never are.
  @Test func noMoreThanTwiceAsManyInAnySpan() {
    let rate = CallRate(10, in: 1000)
    var times: [UInt64] = []
    var fullAt: UInt64 = 0
    for now in stride(from: 5000, to: 20_000, by: 7) as StrideTo<UInt64>
    where rate.wait(fullAt: fullAt, now: now) == 0 {
      fullAt = rate.taking(fullAt: fullAt, now: now)
      times.append(now)
    }
    for first in times { #expect(times.count { $0 >= first && $0 < first + rate.span } <= 20) }
    #expect(times.count > 140)
  }

  @Test func theEndOfTimeOverflowsNothing() {
    let rate = CallRate(3, in: 1_000_000_000)
    #expect(rate.wait(fullAt: .max, now: .max) == 0)
    #expect(rate.taking(fullAt: .max, now: .max) == .max)
    #expect(rate.wait(fullAt: .max, now: 0) > 0)
  }
}
