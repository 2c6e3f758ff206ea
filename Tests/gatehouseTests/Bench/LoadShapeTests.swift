internal import Testing

@testable import gatehouse

@Suite struct LoadShapeTests {
  /// Only where each connection has several calls due in the time for which they are gathered.
  @Test func callsOfAFastOpenLoopAreGathered() {
    var shape = LoadShape()
    shape.connections = 50
    #expect(shape.gathering == 0)
    shape.rate = 199_999
    #expect(shape.gathering == 0)
    shape.rate = 200_000
    #expect(shape.gathering == LoadShape.gatheringTime)
    shape.connections = 51
    #expect(shape.gathering == 0)
  }

  /// However many threads there are: each has as much of the rate as of the connections.
  @Test func threadsGatherAlike() {
    var shape = LoadShape()
    shape.connections = 50
    shape.rate = 500_000
    for threads in [1, 2, 5] {
      #expect(LoadRun.divide(shape, over: threads).allSatisfy { $0.gathering == shape.gathering })
    }
  }
}
