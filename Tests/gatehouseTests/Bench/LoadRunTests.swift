internal import Testing

@testable import gatehouse

@Suite struct LoadRunTests {
  @Test(arguments: [1, 2, 3, 7, 50, 64])
  func nothingIsLostBetweenThreads(threads: Int) {
    var shape = LoadShape()
    shape.connections = 50
    shape.inFlight = 3
    shape.rate = 1000
    shape.extent = .count(1001)
    let shares = LoadRun.divide(shape, over: threads)
    #expect(shares.count == min(threads, 50))
    #expect(shares.map(\.connections).reduce(0, +) == 50)
    #expect(shares.allSatisfy { $0.connections > 0 && $0.inFlight == 3 })
    #expect(abs(shares.compactMap(\.rate).reduce(0, +) - 1000) < 0.001)
    let counts = shares.map { share -> UInt64 in
      guard case .count(let count) = share.extent else { return 0 }
      return count
    }
    #expect(counts.reduce(0, +) == 1001)
  }
}
