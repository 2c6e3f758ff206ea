internal import Testing

@testable import Journal

/// Who does what next, by values.
struct GatheringTests {
  private static let delay = Gathering.watermarkDelay

  /// What the flush thread is told, in a word.
  private enum Told {
    case write, synchronizeWatermark, rearm, stop, sleep
  }

  private static func ask(_ gathering: inout Gathering, now: UInt64, armed: UInt64?) -> Told {
    switch gathering.nextDuty(now: now, armed: armed) {
    case .write: .write
    case .synchronizeWatermark: .synchronizeWatermark
    case .rearm: .rearm
    case .stop: .stop
    case nil: .sleep
    }
  }

  /// A caller appends, and takes it to write it.
  private static func beginFlush(_ gathering: inout Gathering) throws -> BlockBuffer {
    [UInt8](repeating: 0, count: 8).withUnsafeBytes { bytes in
      _ = gathering.append(bytes, RecordRun(count: 1, bytes: bytes.count))
    }
    let block = gathering.takeBlock()
    return try #require(block)
  }

  /// A caller appends and flushes.
  ///
  /// - Returns: whether the flush thread is woken.
  private static func flush(_ gathering: inout Gathering, now: UInt64) throws -> Bool {
    let block = try beginFlush(&gathering)
    return gathering.didWrite(block, now: now)
  }

  /// One that a caller has flushed at the time 0; the flush thread sleeps with its alarm set.
  private static func flushed() throws -> Gathering {
    var gathering = Gathering(lastRevision: 0)
    let before = ask(&gathering, now: 0, armed: nil)
    let wakes = try flush(&gathering, now: 0)
    let after = ask(&gathering, now: 1, armed: gathering.alarm)
    #expect(before == .sleep && wakes && after == .sleep)
    #expect(gathering.alarm == delay)
    return gathering
  }

  @Test func theWatermarkIsWrittenWhenItIsDue() throws {
    var gathering = try Self.flushed()
    let told = Self.ask(&gathering, now: Self.delay, armed: Self.delay)
    #expect(told == .synchronizeWatermark)
    gathering.didSynchronizeWatermark()
    #expect(gathering.alarm == nil)
  }

  @Test func callersThatFlushLeaveTheThreadAsleep() throws {
    var gathering = try Self.flushed()
    for time in 2..<10 as Range<UInt64> {
      let wakes = try Self.flush(&gathering, now: time)
      #expect(!wakes)
    }
  }

  /// The disk may take seconds: all that time the thread must sleep, and not look again and again.
  @Test func theThreadSleepsWhileACallerWritesThoughTheWatermarkIsDue() throws {
    var gathering = try Self.flushed()
    let block = try Self.beginFlush(&gathering)
    // The alarm goes off.
    let told = [
      Self.ask(&gathering, now: Self.delay, armed: Self.delay), Self.ask(&gathering, now: Self.delay, armed: nil),
    ]
    #expect(told == [.rearm, .sleep])
    #expect(gathering.alarm == nil)
    let wakes = gathering.didWrite(block, now: Self.delay + 1)
    #expect(wakes)
    let last = Self.ask(&gathering, now: Self.delay + 2, armed: nil)
    #expect(last == .synchronizeWatermark)
  }
}
