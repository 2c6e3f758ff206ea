internal import Testing

@testable import gatehouse

@Suite struct MachineLoadTests {
  private static let statistics = """
    cpu  100 10 50 800 20 5 5 10 30 0
    cpu0 50 5 25 400 10 2 3 5 15 0
    intr 1 2 3
    """

  @Test func theFirstLineIsRead() throws {
    let load = try #require(MachineLoad(Self.statistics))
    #expect(load == MachineLoad(total: 1000, idle: 820, stolen: 10))
    #expect(MachineLoad.now() != nil)
  }

  @Test(arguments: [
    "", "cpu 1 2 3", "cpu a b c d e f g h", "cpu0 1 2 3 4 5 6 7 8", "cpu 1 2 3 4 5 6 7 18446744073709551615",
  ])
  func whatIsNotThatIsNotRead(_ text: String) {
    #expect(MachineLoad(text) == nil)
  }

  private func doubts(others: UInt64, stolen: UInt64) -> [String] {
    let before = MachineLoad(total: 5000, idle: 1000, stolen: 100)
    // A thousand ticks: 400 of our own, which are four seconds, those of others, the stolen ones, the rest idle.
    let after = MachineLoad(total: 6000, idle: 1000 + 600 - others - stolen, stolen: 100 + stolen)
    return after.doubts(since: before, ownMicroseconds: 4_000_000)
  }

  @Test func ownTimeIsNotDoubted() {
    #expect(doubts(others: 0, stolen: 0).isEmpty)
    #expect(doubts(others: 90, stolen: 15).isEmpty)
  }

  @Test func othersAndTheHostAre() {
    #expect(doubts(others: 250, stolen: 0) == ["the machine was busy: other processes took 25 % of its processors"])
    #expect(doubts(others: 0, stolen: 50) == ["the host took 5.0 % of the processors for others"])
    #expect(doubts(others: 300, stolen: 300).count == 2)
  }

  @Test func aClockThatStoodTellsNothing() {
    let load = MachineLoad(total: 1, idle: 1, stolen: 1)
    #expect(load.doubts(since: load, ownMicroseconds: 0).isEmpty)
    #expect(MachineLoad(total: 2, idle: 0, stolen: 1).doubts(since: load, ownMicroseconds: 0).isEmpty)
  }

  @Test func wideSpreadsAreDoubted() {
    var report = ReportFixture.report([
      ReportFixture.result(rates: [100, 104, 102]), ReportFixture.result("get", rates: [100, 150, 120]),
    ])
    report.warnings = []
    report.doubtWideSpreads()
    #expect(report.warnings == ["get 50 x 64: the repetitions lie 42 % of their middle apart"])
  }

  @Test func theMachineIsDescribed() {
    let information = "processor\t: 0\nmodel name\t: A: fine one \nprocessor\t: 1\nmodel name\t: A: fine one\n"
    let machine = BenchReport.Machine(processorInformation: information, release: "6.1.0-9\n", fileSystem: "ext4")
    #expect(machine == .init(processor: "A: fine one", processors: 2, system: "Linux 6.1.0-9", fileSystem: "ext4"))
    #expect(
      BenchReport.Machine(processorInformation: "", release: "", fileSystem: "")
        == .init(processor: "unknown processor", processors: 1, system: "Linux unknown", fileSystem: ""))
    #expect(BenchReport.Machine(directory: "/").processors >= 1)
  }
}
