/// A lane among those of all connections.
struct LaneID: Equatable, Sendable {
  var connection: Int
  var lane: Int
}

/// The lanes that wait for nothing, in an open loop: the one that is free for longest is used next, so that calls are
/// spread over the connections. Its memory is got once.
struct FreeLanes {
  private var ring: [LaneID]
  private var first = 0
  private(set) var count: Int

  /// All lanes are free, those of different connections in turn.
  init(connections: Int, inFlight: Int) {
    ring = (0..<inFlight).flatMap { lane in
      (0..<connections).map { LaneID(connection: $0, lane: lane) }
    }
    count = ring.count
  }

  mutating func take() -> LaneID? {
    guard count > 0 else { return nil }
    let lane = ring[first]
    first = first + 1 == ring.count ? 0 : first + 1
    count -= 1
    return lane
  }

  /// Gives back a lane that was taken.
  mutating func give(_ lane: LaneID) {
    let last = first + count
    ring[last < ring.count ? last : last - ring.count] = lane
    count += 1
  }

  /// Takes the lanes of a connection out for good.
  mutating func forget(connection: Int) {
    for _ in 0..<count {
      guard let lane = take() else { return }
      if lane.connection != connection { give(lane) }
    }
  }
}
