internal import Testing

@testable import Client

@Suite struct AddressRoundsTests {
  private var random = Extreme.highest

  @Test mutating func eachAddressIsTriedBeforeThereIsAPause() {
    var rounds = AddressRounds(["a", "b", "c"], ClientSettings())
    var steps: [AddressRounds.Step] = []
    for _ in 0..<8 {
      steps.append(rounds.step(using: &random))
      if case .dial = steps[steps.count - 1] { rounds.hasFailed() }
    }
    #expect(
      steps == [
        .dial("a"), .dial("b"), .dial("c"), .pause(50_000_000), .dial("a"), .dial("b"), .dial("c"), .pause(100_000_000),
      ])
  }

  @Test mutating func theAddressThatWorkedIsKept() {
    var rounds = AddressRounds(["a", "b"], ClientSettings())
    rounds.hasFailed()
    rounds.rest()
    #expect(rounds.step(using: &random) == .dial("b"))
  }

  @Test mutating func afterALossAnotherAddressIsFirst() {
    var rounds = AddressRounds(["a", "b"], ClientSettings())
    rounds.rest()
    rounds.hasLost()
    #expect(rounds.step(using: &random) == .dial("b"))
    rounds.hasFailed()
    #expect(rounds.step(using: &random) == .dial("a"))
    rounds.hasFailed()
    #expect(rounds.step(using: &random) == .pause(50_000_000))
  }

  /// Whoever gave up waiting and comes back later finds a full round and the shortest pause.
  @Test mutating func anAttemptThatWasGivenUpLeavesNothingBehind() {
    var rounds = AddressRounds(["a"], ClientSettings())
    for _ in 0..<20 {
      rounds.hasFailed()
      _ = rounds.step(using: &random)
    }
    rounds.rest()
    #expect(rounds.step(using: &random) == .dial("a"))
    rounds.hasFailed()
    #expect(rounds.step(using: &random) == .pause(50_000_000))
  }
}
