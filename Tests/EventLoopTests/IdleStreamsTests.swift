internal import GatehouseAPI
internal import RPC
internal import System
internal import Testing

@testable import EventLoop

/// Streams that have nothing to say, and what wakes them.
struct IdleStreamsTests {
  private static let count = 64

  let server: TestServer
  let watchers: TestPeer
  /// Of the streams 1 to ``count`` of `watchers`, all of them idle.
  let wakers: [StreamWaker]
  private var state: Monitor<TestHandler.State> { server.handler.state }

  init() throws {
    server = try TestServer()
    watchers = try TestPeer.greeted(server.address)
    for number in 1...Self.count { try watchers.send(TestPeer.call(UInt32(number), .healthWatch)) }
    wakers = try #require(server.wait(server.handler.state) { $0.slowStreams == Self.count ? $0.wakers : nil })
    // Idle are all of them when a call behind the last is answered.
    try pass()
  }

  /// A call that is answered when the loop has done all that it had to do before.
  private func pass() throws {
    let caller = try TestPeer.greeted(server.address)
    try caller.send(TestPeer.call(1, .customerServiceGetCustomer))
    #expect(try caller.receiveReply().stream == 1)
  }

  /// Wakes all streams, and returns while the first of them has its turn.
  private func wakeAll() throws {
    state.withLock { $0.slowTurns = 0 }
    wakers[0].sink.wakeStreams()
    try #require(server.wait(state) { $0.slowTurns > 0 ? () : nil })
  }

  /// Lets all have their turns, of which there are to be `turns`.
  private func expect(turns: Int) throws {
    state.withLock { $0.goesOn = true }
    state.broadcast()
    try #require(server.wait(state) { $0.slowTurns >= turns ? () : nil })
    for _ in 0..<3 { try pass() }
    #expect(state.withLock { $0.slowTurns } == turns)
    state.withLock { $0.goesOn = false }
  }

  private func cancel(_ streams: ClosedRange<Int>) throws {
    for stream in streams { try watchers.send(TestPeer.bytes { $0.appendCancel(UInt32(stream)) }) }
  }

  private func expectCancelled(_ streams: ClosedRange<Int>) throws {
    for stream in streams {
      let (number, reply) = try watchers.receiveReply()
      #expect(number == UInt32(stream) && reply.status?.code == StatusCode.cancelled.rawValue)
    }
  }

  @Test func allOfThemAreWokenEachTime() throws {
    for _ in 0..<3 {
      try wakeAll()
      try expect(turns: Self.count)
    }
  }

  @Test func whoHasEndedIsNotWoken() throws {
    try cancel(11...30)
    try expectCancelled(11...30)
    try wakeAll()
    try expect(turns: Self.count - 20)
  }

  /// A stream that ends after all were woken leaves the others to their turns, then and the next time.
  @Test func whoEndsBeforeItsTurnHasNone() throws {
    try wakeAll()
    try cancel(33...Self.count)
    try expect(turns: 32)
    try expectCancelled(33...Self.count)
    try wakeAll()
    try expect(turns: 32)
  }

  @Test func whoWaitsForItsTurnHasOneHoweverOftenItIsWoken() throws {
    try wakeAll()
    for waker in wakers.suffix(8) { waker.wake() }
    try expect(turns: Self.count)
  }
}
