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
