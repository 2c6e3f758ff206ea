internal import Testing

@testable import Client

@Suite struct KeepaliveTests {
  private static let second: UInt64 = 1_000_000_000

  @Test func aSilenceIsAskedAboutThenTakenForTheEnd() {
    var keepalive = Keepalive(ClientSettings(), now: 0)
    #expect(keepalive.check(at: 1) == .rest(until: 4 * Self.second))
    #expect(keepalive.check(at: 4 * Self.second) == .ping)
    #expect(keepalive.check(at: 4 * Self.second) == .rest(until: 8 * Self.second))
    #expect(keepalive.check(at: 8 * Self.second) == .lost)
  }

  /// A thread that could not run in time gives the server its time all the same.
  @Test func theTimeBehindThePingIsCountedFromThePing() {
    var keepalive = Keepalive(ClientSettings(), now: 0)
    #expect(keepalive.check(at: 100 * Self.second) == .ping)
    #expect(keepalive.check(at: 103 * Self.second) == .rest(until: 104 * Self.second))
  }

  @Test func whateverComesIsASignOfLife() {
    var keepalive = Keepalive(ClientSettings(), now: 0)
    #expect(keepalive.check(at: 4 * Self.second) == .ping)
    keepalive.hear(at: 5 * Self.second)
    #expect(keepalive.check(at: 8 * Self.second) == .rest(until: 9 * Self.second))
    #expect(keepalive.check(at: 9 * Self.second) == .ping)
  }

  /// Without calls nothing was asked for: the first call asks soon, and does not give up at once.
  @Test func aSilenceWithoutCallsIsNoReasonToGiveUp() {
    var keepalive = Keepalive(ClientSettings(), now: 0)
    keepalive.awake(at: 3600 * Self.second)
    #expect(keepalive.check(at: 3600 * Self.second) == .ping)
    #expect(keepalive.check(at: 3603 * Self.second) == .rest(until: 3604 * Self.second))
    var young = Keepalive(ClientSettings(), now: 0)
    young.awake(at: Self.second)
    #expect(young.check(at: Self.second) == .rest(until: 4 * Self.second))
  }
}
