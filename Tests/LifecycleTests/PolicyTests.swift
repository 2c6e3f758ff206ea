internal import Testing

@testable import Lifecycle

@Suite struct PolicyTests {
  @Test func doublesUpToTheCap() {
    let wholes: [Int64] = [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    for (index, whole) in wholes.enumerated() {
      let attempt = UInt32(index + 1)
      // A random number of 0 gives the shortest wait, one just short of the spread the longest.
      #expect(policy.backoff(afterAttempt: attempt, jitter: 0) == whole * second / 2)
      #expect(policy.backoff(afterAttempt: attempt, jitter: UInt64(whole * second / 2)) == whole * second)
      #expect(policy.backoff(afterAttempt: attempt, jitter: UInt64(whole * second / 2) + 1) == whole * second / 2)
    }
  }

  @Test func staysInRangeForEveryAttemptAndPolicy() {
    let edges: [Int64] = [.min, -1, 0, 1, 2, 3, second, .max - 1, .max]
    for base in edges {
      for cap in edges {
        var policy = Policy()
        policy.backoffBase = base
        policy.backoffCap = cap
        for attempt in [0, 1, 2, 31, 32, 62, 63, 64, .max] as [UInt32] {
          for jitter in [0, 1, .max / 2, .max] as [UInt64] {
            let delay = policy.backoff(afterAttempt: attempt, jitter: jitter)
            #expect(delay >= 0 && delay <= max(cap, 0), "base \(base), cap \(cap), attempt \(attempt)")
          }
        }
      }
    }
  }

  @Test func spreadsTheWaits() {
    var generator = SplitMix(state: 5)
    let waits = (0..<100).map { _ in policy.backoff(afterAttempt: 4, jitter: generator.next()) }
    #expect(Set(waits).count == 100)
    #expect(waits.allSatisfy { $0 >= 120 * second && $0 <= 240 * second })
  }
}
