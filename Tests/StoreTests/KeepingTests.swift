internal import Lifecycle
internal import Testing

@testable import Store

/// When a snapshot is due, and what may be let go: values only.
@Suite struct KeepingTests {
  @Test func aSnapshotIsDueBySizeOrByTheTimeToReplay() {
    var settings = KeepingSettings()
    settings.snapshotBytes = 100 << 20
    settings.replayBudget = 2_000_000_000
    var schedule = SnapshotSchedule(settings)
    let assumed = SnapshotSchedule.assumedRate
    #expect(schedule.dueBytes == min(100 << 20, 2 * assumed / 100 * 75))
    schedule.measure(bytes: 100 << 20, nanoseconds: 1_000_000_000)
    #expect(schedule.dueBytes == 100 << 20, "fast enough: the size decides")
    schedule.measure(bytes: 10 << 20, nanoseconds: 1_000_000_000)
    #expect(schedule.dueBytes == 20 * (1 << 20) / 100 * 75, "slow: the time decides")
    let before = schedule.dueBytes
    schedule.measure(bytes: SnapshotSchedule.measurableBytes - 1, nanoseconds: 1)
    schedule.measure(bytes: 10 << 20, nanoseconds: 0)
    #expect(schedule.dueBytes == before, "says nothing")
  }

  private static func rule(_ retention: KeepingSettings.Retention, window: Int64 = 0) -> RetentionRule {
    RetentionRule(retention: retention, idempotencyWindow: window)
  }

  private static func isDispensable(_ rule: RetentionRule, age: Int64, revision: UInt64) -> Bool {
    rule.isDispensable(
      through: 100, newest: Timestamp(microseconds: 1_000_000), now: Timestamp(microseconds: 1_000_000 + age),
      revision: revision)
  }

  @Test func everythingIsKept() {
    #expect(!Self.isDispensable(Self.rule(.everything), age: .max / 2, revision: .max / 2))
  }

  @Test func revisionsAreCounted() {
    let rule = Self.rule(.revisions(50))
    #expect(!Self.isDispensable(rule, age: 1, revision: 149))
    #expect(Self.isDispensable(rule, age: 1, revision: 150), "the fifty newest are 101 to 150")
  }

  @Test func timeIsMeasuredFromTheNewestEvent() {
    let rule = Self.rule(.time(60))
    #expect(!Self.isDispensable(rule, age: 60, revision: 100))
    #expect(Self.isDispensable(rule, age: 61, revision: 100))
  }

  /// Answers are rendered from the log.
  @Test func nothingGoesThatAnAnswerMayBeRenderedFrom() {
    let rule = Self.rule(.revisions(1), window: 1000)
    #expect(!Self.isDispensable(rule, age: 1000, revision: 1000))
    #expect(Self.isDispensable(rule, age: 1001, revision: 1000))
  }

  /// A clock that was set back makes nothing old.
  @Test func aClockSetBackKeepsEverything() {
    #expect(!Self.isDispensable(Self.rule(.time(60)), age: -1_000_000, revision: 100))
  }
}
