internal import Testing

@testable import System

struct EpollTests {
  @Test func aSignalledCounterIsReadyUntilItIsReset() throws {
    let epoll = try Epoll(capacity: 4)
    let counter = try EventCounter()
    try epoll.add(counter.rawValue, .readable, tag: .max)
    #expect(try epoll.wait(timeout: 0) == 0)
    counter.signal()
    counter.signal()
    for _ in 0..<2 {
      #expect(try epoll.wait(timeout: 0) == 1)
      #expect(epoll.event(0).tag == .max && epoll.event(0).ready == .readable)
    }
    counter.reset()
    #expect(try epoll.wait(timeout: 0) == 0)
  }

  @Test func anEdgeIsReportedOnceForEachSignal() throws {
    let epoll = try Epoll(capacity: 4)
    let counter = try EventCounter()
    try epoll.add(counter.rawValue, [.readable, .edge], tag: 1)
    for _ in 0..<3 {
      counter.signal()
      #expect(try epoll.wait(timeout: 0) == 1)
      #expect(try epoll.wait(timeout: 0) == 0)
    }
  }

  @Test func interestCanBeChangedAndTakenBack() throws {
    let epoll = try Epoll(capacity: 4)
    let counter = try EventCounter()
    try epoll.add(counter.rawValue, [], tag: 1)
    counter.signal()
    #expect(try epoll.wait(timeout: 0) == 0)
    try epoll.modify(counter.rawValue, [.readable, .writable], tag: 2)
    #expect(try epoll.wait(timeout: 0) == 1)
    #expect(epoll.event(0).tag == 2 && epoll.event(0).ready == [.readable, .writable])
    try epoll.remove(counter.rawValue)
    #expect(try epoll.wait(timeout: 0) == 0)
    #expect(throws: SystemError.self) { try epoll.remove(counter.rawValue) }
  }

  @Test func waitingInNanosecondsTellsTheSame() throws {
    let epoll = try Epoll(capacity: 4)
    let counter = try EventCounter()
    try epoll.add(counter.rawValue, .readable, tag: 5)
    let began = MonotonicClock.now()
    #expect(try epoll.wait(nanoseconds: 1_500_000) == 0)
    #expect(MonotonicClock.now() - began >= 1_500_000)
    counter.signal()
    #expect(try epoll.wait(nanoseconds: 60_000_000_000) == 1)
    #expect(epoll.event(0).tag == 5)
  }
}
