internal import Testing

@testable import gatehouse

@Suite struct LaneTableTests {
  @Test func answersInOrderLeaveNoGap() throws {
    var table = LaneTable(count: 4)
    var streams: [UInt32] = []
    for round in 0..<3 {
      for lane in 0..<4 {
        let begun = table.begin(lane, begun: UInt64(round))
        let stream = try #require(begun)
        streams.append(stream)
        let ended = table.end(stream)
        #expect(ended?.lane == lane && ended?.begun == UInt64(round))
      }
    }
    #expect(streams == (4..<16).map { UInt32($0) })
  }

  /// Stream ids grow strictly whatever the order of the answers, and each tells its lane.
  @Test(arguments: [1, 3, 64, 1000])
  func numbersGrowInAnyOrder(lanes: Int) throws {
    var table = LaneTable(count: lanes)
    var random = SplitMix(seed: UInt64(lanes))
    var open: [(stream: UInt32, lane: Int)] = []
    var free = Array(0..<lanes)
    var last: UInt32 = 0
    for step in 0..<5000 {
      let begins = open.isEmpty || (!free.isEmpty && random.next(below: 2) == 0)
      if begins {
        let lane = free.remove(at: Int(random.next(below: UInt64(free.count))))
        let begun = table.begin(lane, begun: UInt64(step))
        let stream = try #require(begun)
        #expect(stream > last)
        last = stream
        open.append((stream, lane))
      } else {
        let (stream, lane) = open.remove(at: Int(random.next(below: UInt64(open.count))))
        let (ended, again) = (table.end(stream), table.end(stream))
        #expect(ended?.lane == lane && again == nil)
        free.append(lane)
      }
      #expect(table.waiting == open.count)
    }
  }

  @Test func whatNobodyWaitsForIsNone() throws {
    var table = LaneTable(count: 3)
    let begun = table.begin(2, begun: 7)
    let stream = try #require(begun)
    for other in [0, 3, stream + 1, stream + 4] {
      let ended = table.end(other)
      #expect(ended == nil)
    }
    #expect(table.begunOfWaiting == [7])
    table.reset()
    let ended = table.end(stream)
    #expect(ended == nil)
    #expect(table.waiting == 0)
  }

  @Test func numbersComeToAnEnd() {
    var table = LaneTable(count: 1 << 20)
    var count = 0
    while let stream = table.begin(0, begun: 0) {
      _ = table.end(stream)
      count += 1
    }
    #expect(count == 4095)
  }
}
