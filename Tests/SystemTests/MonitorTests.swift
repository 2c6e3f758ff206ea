internal import Testing

@testable import System

struct MonitorTests {
  @Test func aWaiterSeesWhatAnotherThreadDid() throws {
    let monitor = Monitor(0)
    let threads = 4
    for index in 0..<threads {
      let thread = try Thread(name: "adder-\(index)-with-a-name-that-is-cut") {
        for _ in 0..<1000 { monitor.withLock { $0 += 1 } }
        monitor.signal()
      }
      thread.detach()
    }
    let total = monitor.wait { $0 == threads * 1000 ? $0 : nil }
    #expect(total == 4000)
  }

  @Test func aDeadlineEndsTheWait() {
    let monitor = Monitor(false)
    #expect(monitor.wait(deadline: 0) { $0 ? 1 : nil } == nil)
    #expect(monitor.wait(deadline: MonotonicClock.now() + 1_000_000) { $0 ? 1 : nil } == nil)
    #expect(monitor.wait(deadline: .max) { _ in 1 } == 1)
  }

  @Test func joiningWaitsForTheEnd() throws {
    let monitor = Monitor(0)
    let ownThread = Thread.current()
    let thread = try Thread(name: "joined") {
      monitor.withLock { $0 = Thread.current() == ownThread ? 1 : 2 }
    }
    thread.join()
    #expect(monitor.withLock { $0 } == 2)
  }

  @Test func clocksRunForward() {
    let before = MonotonicClock.now()
    #expect(MonotonicClock.now() >= before)
    // After 2020, before 2100.
    #expect((1_577_836_800_000_000...4_102_444_800_000_000).contains(WallClock.now()))
  }

  @Test func randomBytesDiffer() {
    #expect(SystemRandom.bytes(0).isEmpty)
    #expect(SystemRandom.bytes(32) != SystemRandom.bytes(32))
    #expect(SystemRandom.bytes(1000).count == 1000)
  }
}
