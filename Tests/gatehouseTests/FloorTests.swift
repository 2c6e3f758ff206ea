internal import System
internal import Testing

@testable import gatehouse

@Suite struct FloorTests {
  /// Long enough for some messages, short enough for a test.
  private let moment: UInt64 = 5_000_000

  @Test func blocksAreWholePages() {
    #expect(FlushFloor.blockBytes(holding: 0) == 4096)
    #expect(FlushFloor.blockBytes(holding: 1) == 4096)
    #expect(FlushFloor.blockBytes(holding: 4096) == 4096)
    #expect(FlushFloor.blockBytes(holding: 4097) == 8192)
    #expect(FlushFloor.blockBytes(holding: 1 << 30) == 32 << 20)
  }

  @Test func flushesAreMeasuredAndNothingIsLeft() throws {
    let directory = try TemporaryDirectory(prefix: "gatehouse-floor-test-")
    let flushes = try FlushFloor.measure(in: directory.path, sizes: [4096, 65_536], nanoseconds: 1)
    #expect(flushes.count == 2)
    #expect(flushes.allSatisfy { $0.count >= 5 && $0.min > 0 })
    #expect(try LinuxFileSystem().list(directory.path).isEmpty)
    #expect(throws: SystemError.self) {
      try FlushFloor.measure(in: directory.path + "/none", sizes: [4096], nanoseconds: 1)
    }
  }

  @Test(arguments: [(1, 1, 1, 1), (3, 8, 180, 760), (2, 500, 4000, 9000), (1, 2, 600_000, 1_000_000)])
  func messagesAreEchoed(_ connections: Int, _ inFlight: Int, _ request: Int, _ reply: Int) throws {
    let run = try EchoFloor.measure(
      .init(connections: connections, inFlight: inFlight), requestBytes: request, replyBytes: reply,
      nanoseconds: moment)
    #expect(run.latency.count == run.count)
    #expect(run.nanoseconds >= moment)
  }

  @Test(arguments: [(1, 1), (7, 200), (3, 700_000)])
  func messagesReachEverybody(_ connections: Int, _ bytes: Int) throws {
    let figures = try FanOutFloor.measure(connections: connections, messageBytes: bytes, nanoseconds: moment)
    #expect(figures.rate > 0)
    #expect(figures.latency.count > 0)
    #expect(figures.latency.count % UInt64(connections) == 0, "rounds are whole")
  }

  @Test(arguments: [1, 5]) func connectionsComeAndGo(_ connections: Int) throws {
    let rate = try ConnectFloor.measure(
      connections: connections, requestBytes: 100, replyBytes: 300, nanoseconds: moment)
    #expect(rate > 0)
  }

  @Test func theLatencyOfOneAtATimeIsBounded() throws {
    let directory = try TemporaryDirectory(prefix: "gatehouse-floor-test-")
    let plan = FloorPlan(requestBytes: 180, replyBytes: 760, logBytes: 200, nanoseconds: moment)
    let one = try plan.bounds(at: .init(connections: 1, inFlight: 1), in: directory.path)
    #expect(one.map(\.figure) == [.rate, .rate, .p50])
    #expect(one.last?.floor.name == "one round trip and one flush of 4.0 KiB")
    let many = try plan.bounds(at: .init(connections: 2, inFlight: 64), in: directory.path)
    #expect(many.map(\.floor.name) == ["bare echo, 2 x 64", "flush of 28.0 KiB, 128 calls in each"])
    #expect(many.allSatisfy { $0.floor.value > 0 })
    let reading = FloorPlan(requestBytes: 60, replyBytes: 300, logBytes: nil, nanoseconds: moment)
    #expect(try reading.bounds(at: .init(connections: 2, inFlight: 1), in: nil).map(\.figure) == [.rate])
  }

  @Test func theCommandPrintsEachFloor() {
    let recording = RecordingConsole()
    let code = Program(root: .root, console: recording.console()).run(
      ["bench", "floor", "--duration", "2ms", "--connections", "2", "--in-flight", "3"])
    #expect(code == .success, "\(recording.complaints)")
    for part in ["flush of 4.0 KiB", "bare echo, 1 x 1", "bare echo, 2 x 3", "/s", " us"] {
      #expect(recording.written.contains(part), "\(part) is not in \(recording.written)")
    }
  }
}
