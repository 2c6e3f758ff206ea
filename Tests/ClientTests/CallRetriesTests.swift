internal import GatehouseAPI
internal import RPC
internal import Testing

@testable import Client

@Suite struct CallRetriesTests {
  private static let second: UInt64 = 1_000_000_000

  /// What is decided about the first failure, at second 1, of a call that may take until second 10.
  private func decide(_ failure: GatehouseError, isRepeatable: Bool) -> CallRetries.Decision {
    var retries = CallRetries(isRepeatable: isRepeatable, deadline: 10 * Self.second, ClientSettings())
    var random = Extreme.highest
    return retries.decide(after: failure, now: Self.second, using: &random)
  }

  private func exhausted(retryAfterMicroseconds: Int64?) -> GatehouseError {
    .answered(
      Status(.resourceExhausted, .overloaded, "later", retryAfterMicroseconds: retryAfterMicroseconds))
  }

  @Test func whatTheServerDidNotBeginIsAlwaysMadeAgain() {
    for isRepeatable in [true, false] {
      #expect(decide(.answered(.shuttingDown), isRepeatable: isRepeatable) == .again(at: Self.second))
      #expect(decide(GatehouseError.lost("gone").unbegun, isRepeatable: isRepeatable) == .again(at: Self.second))
    }
  }

  @Test func aLostAnswerIsAskedForAgainWhereThatDoesNothingMore() {
    #expect(decide(.lost("cut"), isRepeatable: true) == .again(at: Self.second))
    #expect(decide(.lost("cut"), isRepeatable: false) == .end)
  }

  @Test func theServerSaysHowLongToWait() {
    for isRepeatable in [true, false] {
      let failure = exhausted(retryAfterMicroseconds: 2_000_000)
      #expect(decide(failure, isRepeatable: isRepeatable) == .again(at: 3 * Self.second))
    }
    #expect(decide(exhausted(retryAfterMicroseconds: nil), isRepeatable: true) == .end)
    // A delay from another planet.
    #expect(decide(exhausted(retryAfterMicroseconds: -5), isRepeatable: true) == .again(at: Self.second))
  }

  @Test func nothingIsMadeAgainAfterItsDeadline() {
    #expect(decide(exhausted(retryAfterMicroseconds: 9_000_000), isRepeatable: true) == .again(at: 10 * Self.second))
    #expect(decide(exhausted(retryAfterMicroseconds: 9_000_001), isRepeatable: true) == .end)
    #expect(decide(exhausted(retryAfterMicroseconds: .max), isRepeatable: true) == .end)
  }

  @Test(arguments: StatusCode.allCases.filter { ![.ok, .unavailable, .resourceExhausted].contains($0) })
  func anyOtherRefusalIsTheEnd(code: StatusCode) {
    #expect(decide(.answered(Status(code: code, message: "no")), isRepeatable: true) == .end)
  }

  @Test func pausesGrow() {
    var retries = CallRetries(isRepeatable: true, deadline: .max, ClientSettings())
    var random = Extreme.highest
    let moments = (0..<4).map { _ in retries.decide(after: .lost("cut"), now: 0, using: &random) }
    #expect(moments == [0, 50, 100, 200].map { .again(at: $0 * 1_000_000) })
  }
}
