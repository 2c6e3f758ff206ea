internal import Testing

@testable import gatehouse

@Suite struct LoadTallyTests {
  private func tally(byBegin: Bool) -> LoadTally {
    var tally = LoadTally(countsByBegin: byBegin)
    tally.window = 100..<200
    return tally
  }

  @Test func inAClosedLoopWhatEndsWithinTheWindowCounts() {
    var tally = tally(byBegin: false)
    tally.succeed(begun: 50, ended: 99)
    tally.succeed(begun: 90, ended: 100)
    tally.succeed(begun: 150, ended: 199)
    tally.succeed(begun: 150, ended: 200)
    #expect(tally.latency.count == 2)
    #expect(tally.latency.max == 49)
    #expect(tally.nanoseconds(250) == 100)
  }

  /// What a stall holds back until after the end is not lost.
  @Test func inAnOpenLoopWhatWasDueWithinTheWindowCounts() {
    var tally = tally(byBegin: true)
    tally.succeed(begun: 99, ended: 150)
    tally.succeed(begun: 100, ended: 150)
    tally.succeed(begun: 199, ended: 900)
    tally.succeed(begun: 200, ended: 201)
    #expect(tally.latency.count == 2)
    #expect(tally.latency.max == 701)
    #expect(tally.nanoseconds(1000) == 800)
  }

  /// Nothing is counted before the window is known, and nothing behind where it was cut.
  @Test func onlyTheWindowCounts() {
    var tally = LoadTally(countsByBegin: false)
    tally.succeed(begun: 0, ended: 0)
    #expect(tally.ended == 0)
    tally.window = 100..<200
    tally.cut(at: 150)
    tally.succeed(begun: 140, ended: 149)
    tally.fail(begun: 140, ended: 160, "REASON")
    #expect(tally.ended == 1)
    #expect(tally.nanoseconds(170) == 50)
  }

  @Test func failuresAreNoLatencies() {
    var tally = tally(byBegin: true)
    tally.fail(begun: 120, ended: 130, LoadFailure.notSent)
    tally.fail(begun: 120, ended: 130, LoadFailure.notSent)
    tally.fail(begun: 20, ended: 130, LoadFailure.notSent)
    #expect(tally.failures.byReason == [LoadFailure.notSent: 2])
    #expect(tally.latency.count == 0)
    #expect(tally.ended == 2)
  }

  /// A call that waited for a lane is not the driver's lateness.
  @Test func waitingForALaneIsToldFromBeingLate() {
    var tally = tally(byBegin: true)
    tally.send(due: 110, departure: 110, at: 115)
    tally.starve(140)
    tally.send(due: 120, departure: 120, at: 180)
    tally.send(due: 150, departure: 150, at: 180)
    #expect(tally.lateness.count == 2)
    #expect(tally.lateness.max == 30)
    #expect(tally.queued == 1)
  }

  /// A call that is gathered with others is late from its departure on only.
  @Test func waitingForItsDepartureIsNotBeingLate() {
    var tally = tally(byBegin: true)
    tally.send(due: 110, departure: 150, at: 150)
    tally.send(due: 120, departure: 150, at: 157)
    #expect(tally.lateness.count == 2)
    #expect(tally.lateness.max == 7)
  }
}
