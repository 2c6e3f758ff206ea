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
}
