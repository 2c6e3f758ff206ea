internal import Testing

@testable import Store

struct RandomPoolTests {
  @Test func wordsAreHandedOutOnce() {
    var pool = RandomPool()
    // More than are fetched at a time. That two of these are equal by chance happens once in 10^13 runs.
    let words = (0..<2000).map { _ in pool.next() }
    #expect(Set(words).count == 2000)
  }

  @Test func fewBitsAreAllOfThemRandom() {
    var pool = RandomPool()
    var seen: Set<UInt64> = []
    // Each of the 64 numbers is missed by chance once in 10^27 runs.
    for _ in 0..<4096 { seen.insert(pool.next(bits: 6)) }
    #expect(seen == Set(0..<64))
  }

  @Test func numbersOfOneWordAreApart() {
    var pool = RandomPool()
    // Both halves of a word, which are equal by chance once in four thousand millions.
    #expect(pool.next(bits: 32) != pool.next(bits: 32))
    // Nothing but the bits that were asked for.
    #expect((0..<100).allSatisfy { _ in pool.next(bits: 63) >> 63 == 0 })
  }
}
