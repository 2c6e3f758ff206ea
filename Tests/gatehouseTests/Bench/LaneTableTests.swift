internal import Testing

@testable import gatehouse

@Suite struct LaneTableTests {
  @Test func answersInOrderLeaveNoGap() throws {
    var table = LaneTable(count: 4)
    var streams: [UInt32] = []
    for round in 0..<3 {
      for lane in 0..<4 {
        let stream = try #require(table.begin(lane, begun: UInt64(round)))
        streams.append(stream)
        let ended = try #require(table.end(stream))
        #expect(ended == (lane, UInt64(round)))
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
        let stream = try #require(table.begin(lane, begun: UInt64(step)))
        #expect(stream > last)
        last = stream
        open.append((stream, lane))
      } else {
        let (stream, lane) = open.remove(at: Int(random.next(below: UInt64(open.count))))
        #expect(try #require(table.end(stream)).lane == lane)
        #expect(table.end(stream) == nil)
        free.append(lane)
      }
      #expect(table.waiting == open.count)
    }
  }

  @Test func whatNobodyWaitsForIsNone() throws {
    var table = LaneTable(count: 3)
    #expect(table.end(0) == nil)
    #expect(table.end(4) == nil)
    let stream = try #require(table.begin(2, begun: 7))
    #expect(table.end(stream + 1) == nil)
    #expect(table.end(stream + 4) == nil)
    #expect(table.begunOfWaiting == [7])
    table.reset()
    #expect(table.end(stream) == nil)
    #expect(table.waiting == 0)
  }

  @Test func numbersComeToAnEnd() throws {
    var table = LaneTable(count: 1 << 20)
    var count = 0
    while let stream = table.begin(0, begun: 0) {
      _ = table.end(stream)
      count += 1
    }
    #expect(count == 4095)
  }
}
