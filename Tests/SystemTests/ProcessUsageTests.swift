internal import Testing

@testable import System

struct ProcessUsageTests {
  /// Of this process both ways of asking say the same, as far as time goes on between them.
  @Test func thisProcessIsToldAsItKnowsItself() throws {
    let before = ResourceUsage.processorTime()
    let told = try #require(ProcessUsage.processorTime(of: CurrentProcess.id))
    #expect(told >= before && told <= ResourceUsage.processorTime())
    #expect(try #require(ProcessUsage.residentBytes(of: CurrentProcess.id)) > 1 << 20)
  }

  /// Process numbers end before, at 2^22.
  @Test func thereIsNothingToTellOfNoProcess() {
    #expect(ProcessUsage.processorTime(of: 1 << 24) == nil)
    #expect(ProcessUsage.residentBytes(of: 1 << 24) == nil)
  }
}
