internal import Synchronization
internal import System
internal import Testing

@testable import Journal
@testable import JournalProof

/// Warnings of a slow disk, by a clock that the tests turn.
@Suite struct FlushWatchTests {
  private static let second: UInt64 = 1_000_000_000

  @Test func aFlushIsSlowFromASecondOn() {
    var watch = FlushWatch()
    #expect(watch.begin(now: 0) == false)
    #expect(watch.check(now: Self.second - 1) == nil)
    #expect(
      watch.check(now: Self.second)
        == SlowFlush(nanoseconds: Self.second, isOver: false, waitingBytes: 0, slowFlushes: 1))
    #expect(watch.check(now: 10 * Self.second) == nil, "there was a warning less than ten seconds ago")
    #expect(watch.check(now: 11 * Self.second)?.nanoseconds == 11 * Self.second)
    #expect(watch.end(now: 30 * Self.second)?.isOver == true)
    #expect(watch.check(now: 100 * Self.second) == nil, "nothing is going on")
  }

  @Test func everySlowFlushIsCountedAndFewAreTold() {
    var watch = FlushWatch()
    var told: [SlowFlush] = []
    for number in 0..<20 as Range<UInt64> {
      let start = number * 3 * Self.second
      _ = watch.begin(now: start)
      if let slow = watch.end(now: start + 2 * Self.second) { told.append(slow) }
      _ = watch.begin(now: start + 2 * Self.second)
      #expect(watch.end(now: start + 2 * Self.second + 1000) == nil)
    }
    #expect(told.map(\.slowFlushes) == [1, 5, 9, 13, 17])
    #expect(told.allSatisfy { $0.isOver && $0.nanoseconds == 2 * Self.second })
  }

  /// It sleeps while nothing is flushed, looks at what is due, and is woken once.
  @Test func whoeverWatchesSleepsWhileNothingHappens() {
    var watch = FlushWatch()
    func dueTime(_ now: UInt64) -> UInt64? {
      guard case .check(let time) = watch.nextStep(now: now) else { return nil }
      return time
    }
    #expect(dueTime(5) == nil && watch.isIdle)
    #expect(watch.begin(now: 10) && !watch.begin(now: 20))
    #expect(dueTime(30) == 20 + Self.second)
    #expect(watch.check(now: 20 + Self.second) != nil)
    #expect(dueTime(21 + Self.second) == 20 + 11 * Self.second)
    #expect(watch.end(now: 22 + Self.second) == nil)
    watch.stop()
    guard case .stop = watch.nextStep(now: 40) else {
      Issue.record("it was told to stop")
      return
    }
  }

  /// The disk hangs in the middle of a flush: the warning does not wait for the end of it.
  @Test func aFlushThatHangsIsToldWhileItDoes() throws {
    let clock = Mutex<UInt64>(0)
    let told = Mutex<[SlowFlush]>([])
    let disk = SimulatedDisk()
    var options = Workload.options
    options.now = { clock.withLock(\.self) }
    options.onSlowFlush = { slow in told.withLock { $0.append(slow) } }
    let journal = try Journal.open(directory: Workload.directory, fileSystem: disk, options: options) { _ in }.journal
    var seen: [SlowFlush] = []
    disk.fault = { call, path in
      guard call == .fdatasync, path.contains("segment-") else { return nil }
      clock.withLock { $0 += Self.second / 2 }
      journal.checkFlush()
      let isSilent = told.withLock(\.isEmpty)
      #expect(isSilent)
      clock.withLock { $0 += Self.second }
      journal.checkFlush()
      seen = told.withLock(\.self)
      return nil
    }
    let record = Records.event(1, bytes: 100)
    record.withUnsafeBytes { _ = journal.append($0) }
    #expect(journal.flush())
    #expect(
      seen == [
        SlowFlush(nanoseconds: 3 * Self.second / 2, isOver: false, waitingBytes: record.count, slowFlushes: 1)
      ])
    let count = told.withLock(\.count)
    #expect(count == 1 && journal.durableRevision == 1)
  }

  /// Who may not wait long writes to a disk itself only after it was quick.
  @Test func aDiskIsQuickOnceItWasAndUntilItIsNot() throws {
    let clock = Mutex<UInt64>(0)
    let (quick, slow): (UInt64, UInt64) = (200_000, 20_000_000)
    let disk = SimulatedDisk()
    var options = Workload.options
    options.now = { clock.withLock(\.self) }
    let journal = try Journal.open(directory: Workload.directory, fileSystem: disk, options: options) { _ in }.journal
    #expect(!journal.isQuick, "nothing is known of it")
    for (revision, time) in [quick, slow, quick, quick].enumerated() {
      disk.fault = { call, path in
        if call == .fdatasync, path.contains("segment-") { clock.withLock { $0 += time } }
        return nil
      }
      Records.event(UInt64(revision + 1), bytes: 100).withUnsafeBytes { _ = journal.append($0, wakes: false) }
      #expect(journal.flush())
      #expect(journal.isQuick == (time == quick))
    }
    disk.fault = nil
  }
}
