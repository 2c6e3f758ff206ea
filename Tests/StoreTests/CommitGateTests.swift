internal import Synchronization
internal import Testing

@testable import Store

struct CommitGateTests {
  private final class Recorder: CommitGate.Waiter {
    let name: Int
    let log: Log

    init(_ name: Int, _ log: Log) {
      self.name = name
      self.log = log
    }

    func committed() { log.names.withLock { $0.append(name) } }
  }

  private final class Log: Sendable {
    let names = Mutex<[Int]>([])
    var present: [Int] { names.withLock { $0 } }
  }

  @Test func holdsBackWhatIsNotDurable() {
    let gate = CommitGate()
    let log = Log()
    gate.park(Recorder(1, log), until: 3)
    gate.park(Recorder(2, log), until: 5)
    gate.advance(to: 2)
    #expect(log.present == [])
    gate.advance(to: 4)
    #expect(log.present == [1])
    gate.advance(to: 9)
    #expect(log.present == [1, 2])
  }

  @Test func releasesAtOnceWhatIsDurable() {
    let gate = CommitGate()
    let log = Log()
    gate.park(Recorder(1, log), until: 0)
    gate.advance(to: 7)
    gate.park(Recorder(2, log), until: 7)
    #expect(log.present == [1, 2])
  }

  @Test func keepsTheOrderOfDecisions() {
    let gate = CommitGate()
    let log = Log()
    for name in 0..<100 { gate.park(Recorder(name, log), until: UInt64(name / 10 + 1)) }
    for position in 1...10 { gate.advance(to: UInt64(position)) }
    #expect(log.present == Array(0..<100))
  }
}

struct CombiningExecutorTests {
  private final class Counting: CombiningExecutor.Work {
    let counter: Counter
    init(_ counter: Counter) { self.counter = counter }
    func run() {
      counter.executor.checkIsolated()
      // Not atomic on purpose: only serial work counts right.
      let present = counter.count.load(ordering: .relaxed)
      counter.count.store(present + 1, ordering: .relaxed)
    }
  }

  private final class Counter: Sendable {
    let executor = CombiningExecutor()
    let count = Atomic<Int>(0)
  }

  @Test func runsWorkSeriallyWhoeverBringsIt() async {
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<500 { counter.executor.submit(Counting(counter)) } }
      }
    }
    // The last work may still run on the thread that took it over: one more piece waits its turn behind it.
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      counter.executor.submit(Finishing(done))
    }
    #expect(counter.count.load(ordering: .relaxed) == 4000)
  }

  private final class Finishing: CombiningExecutor.Work {
    let done: CheckedContinuation<Void, Never>
    init(_ done: CheckedContinuation<Void, Never>) { self.done = done }
    func run() { done.resume() }
  }

  @Test func isNotIsolatedOutside() {
    #expect(CombiningExecutor().isIsolatingCurrentContext() == false)
  }
}
