internal import Testing

@testable import gatehouse

@Suite struct PacerTests {
  @Test func callsAreEvenlySpread() {
    var pacer = Pacer(start: 1_000, rate: 1_000_000)
    let taken = [999, 1_000, 1_000, 2_500].map { pacer.take(by: $0) }
    #expect(taken == [nil, 1_000, nil, 2_000])
    #expect(pacer.next == 3_000)
    #expect(pacer.taken == 2)
  }

  /// Who was held up catches up, and each call keeps the time at which it was due.
  @Test func whatIsLateIsDueWhenItWasDue() {
    var pacer = Pacer(start: 0, rate: 1_000_000)
    let due = (0..<5).compactMap { _ in pacer.take(by: 4_000) }
    #expect(due == [0, 1_000, 2_000, 3_000, 4_000])
  }

  /// A third of a nanosecond that is dropped each time would be 0.3 s after a thousand million calls.
  @Test func noRoundingAddsUp() {
    var pacer = Pacer(start: 0, rate: 3)
    for _ in 0..<3_000 { _ = pacer.take(by: .max) }
    #expect(pacer.next == 1_000_000_000_000)
  }

  /// Slots of 2,500 ns from the start on: nothing leaves before its slot has ended, and nothing after.
  @Test func whatIsGatheredLeavesTogether() {
    var pacer = Pacer(start: 500, rate: 1_000_000, gathering: 2_500)
    #expect(pacer.departure(of: 500) == 500)
    #expect([501, 1_500, 2_999, 3_000].map { pacer.departure(of: $0) } == [3_000, 3_000, 3_000, 3_000])
    #expect(pacer.departure(of: 3_001) == 5_500)
    #expect([0, 500, 2_999, 3_000, 5_499, 5_500].map { pacer.departed(by: $0) } == [0, 500, 500, 3_000, 3_000, 5_500])

    var left: [UInt64: [UInt64]] = [:]
    for now in stride(from: UInt64(0), through: 8_000, by: 100) {
      while let due = pacer.take(by: pacer.departed(by: now)) { left[now, default: []].append(due) }
    }
    #expect(left == [500: [500], 3_000: [1_500, 2_500], 5_500: [3_500, 4_500, 5_500], 8_000: [6_500, 7_500]])
  }

  @Test func whatIsNotGatheredLeavesWhenItIsDue() {
    let pacer = Pacer(start: 500, rate: 1_000_000)
    #expect([0, 500, 501, .max].map { pacer.departure(of: $0) } == [0, 500, 501, .max])
    #expect([0, 500, 501, .max].map { pacer.departed(by: $0) } == [0, 500, 501, .max])
  }

  /// A call that is never due never leaves.
  @Test func theEndOfTimeIsNoSlot() {
    let pacer = Pacer(start: .max - 2_500_001, rate: 1, gathering: 1_000_000)
    #expect(pacer.departure(of: .max) == .max)
    #expect(pacer.departed(by: .max) == UInt64.max - 500_001)
  }
}
