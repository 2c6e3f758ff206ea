internal import GatehouseAPI
internal import RPC
internal import System
internal import Testing

@testable import EventLoop

/// Streams that have much to say, and calls meanwhile.
@Suite struct FeedingTests {
  /// A call that arrives while many streams are fed is handed over long before all of them have had their turn.
  @Test func aCallDoesNotWaitForAllStreams() throws {
    let server = try TestServer()
    let watchers = try TestPeer.greeted(server.address)
    let caller = try TestPeer.greeted(server.address)
    let count = 64
    for number in 1...count { try watchers.send(TestPeer.call(UInt32(number), .healthWatch)) }
    let state = server.handler.state
    // Whom a wake reaches before the first turn has no second one.
    let wakers = try #require(server.wait(state) { $0.slowStreams == count ? $0.wakers : nil })
    try watchers.send(TestPeer.call(UInt32(count + 1), .customerServiceGetCustomer))
    #expect(try watchers.receiveReply().stream == UInt32(count + 1))
    state.withLock { $0.slowTurnsBeforeCall = nil }

    for waker in wakers { waker.wake() }
    try #require(server.wait(state) { $0.slowTurns > 0 ? () : nil })
    try caller.send(TestPeer.call(1, .customerServiceGetCustomer))
    state.withLock { $0.goesOn = true }
    state.broadcast()
    #expect(try caller.receiveReply().stream == 1)
    let turns = try #require(state.withLock(\.slowTurnsBeforeCall))
    #expect(turns == 1)
    try #require(server.wait(state) { $0.slowTurns == count ? () : nil })
  }

  @Test func aLongRoundIsFollowedByARestAsLong() {
    var pace = FeedingPace()
    let long = FeedingPace.shortRound
    pace.beginRound(turns: 2)
    pace.spend(turns: 1, from: 1000, to: 1000 + long / 2)
    pace.spend(turns: 1, from: 50_000_000, to: 50_000_000 + long / 2)
    #expect(pace.restsUntil == 50_000_000 + long / 2 + long)
    #expect(!pace.allowsRound(pace.restsUntil - 1))
    #expect(pace.allowsRound(pace.restsUntil))
  }

  /// Otherwise those that had their turn would have another, and a round that events keep up with would never end.
  @Test func noRoundBeginsDuringAnother() {
    var pace = FeedingPace()
    #expect(pace.allowsRound(0))
    pace.beginRound(turns: 3)
    for turn in UInt64(0)..<3 {
      #expect(!pace.allowsRound(1000 + turn))
      pace.spend(turns: 1, from: 1000 + turn, to: 1001 + turn)
    }
    #expect(pace.allowsRound(1003))
  }

  /// Streams that catch up with much have their turns all the time: what that takes is no reason for others to rest.
  @Test func turnsBetweenRoundsAreNotCounted() {
    var pace = FeedingPace()
    pace.spend(turns: 5, from: 0, to: 10 * FeedingPace.longestRest)
    #expect(pace.allowsRound(0))
    pace.beginRound(turns: 1)
    pace.spend(turns: 2, from: 0, to: FeedingPace.shortRound - 1)
    #expect(pace.allowsRound(0))
  }

  @Test func aShortRoundIsFollowedByNone() {
    var pace = FeedingPace()
    for time in stride(from: UInt64(0), to: 100_000_000, by: 1_000_000) {
      pace.beginRound(turns: 1)
      pace.spend(turns: 1, from: time, to: time + FeedingPace.shortRound - 1)
      #expect(pace.allowsRound(time))
    }
  }

  /// The last of many keep others waiting as the first do.
  @Test func aLongRoundGivesWayToItsEnd() {
    var pace = FeedingPace()
    let long = FeedingPace.longRound
    #expect(pace.givesWay(ready: long) && !pace.givesWay(ready: long - 1))
    pace.beginRound(turns: long)
    for left in stride(from: long, to: 0, by: -1) {
      #expect(pace.givesWay(ready: left))
      pace.spend(turns: 1, from: 0, to: 1)
    }
    #expect(!pace.givesWay(ready: long - 1))
    pace.beginRound(turns: long - 1)
    #expect(!pace.givesWay(ready: long - 1) && pace.givesWay(ready: long))
  }

  @Test func noRestIsLongerThanItMayBe() {
    var pace = FeedingPace()
    pace.beginRound(turns: 1)
    pace.spend(turns: 1, from: 0, to: 10 * FeedingPace.longestRest)
    #expect(pace.restsUntil == 11 * FeedingPace.longestRest)
  }
}
