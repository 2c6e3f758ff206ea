internal import Testing

@testable import gatehouse

@Suite struct FreeLanesTests {
  private func all(_ lanes: FreeLanes) -> [LaneID] {
    var lanes = lanes
    var taken: [LaneID] = []
    while let lane = lanes.take() { taken.append(lane) }
    return taken
  }

  @Test func connectionsComeInTurn() {
    let lanes = all(FreeLanes(connections: 3, inFlight: 2))
    #expect(lanes.map(\.connection) == [0, 1, 2, 0, 1, 2])
    #expect(lanes.map(\.lane) == [0, 0, 0, 1, 1, 1])
  }

  @Test func whatIsFreeForLongestIsNext() throws {
    var lanes = FreeLanes(connections: 2, inFlight: 1)
    let first = lanes.take()
    lanes.give(try #require(first))
    #expect(all(lanes).map(\.connection) == [1, 0])
    #expect(lanes.count == 2)
  }

  @Test func lanesOfALostConnectionAreGone() throws {
    var lanes = FreeLanes(connections: 3, inFlight: 2)
    let first = lanes.take()
    lanes.give(try #require(first))
    lanes.forget(connection: 1)
    #expect(all(lanes).map(\.connection) == [2, 0, 2, 0])
  }
}
