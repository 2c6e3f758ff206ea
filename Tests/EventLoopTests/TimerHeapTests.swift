internal import RPC
internal import Testing

@testable import EventLoop

struct TimerHeapTests {
  @Test func entriesComeOutInTheOrderOfTheirTimes() {
    var heap = TimerHeap()
    var times: [UInt64] = []
    for index in UInt64(0)..<500 {
      let time = (index &* 7919) % 1009
      times.append(time)
      heap.insert(TimerHeap.Entry(time: time, connection: ConnectionID(rawValue: index), stream: 0))
    }
    #expect(heap.nextTime == times.min())
    var due: [UInt64] = []
    while let entry = heap.popDue(now: 600) { due.append(entry.time) }
    #expect(due == times.filter { $0 <= 600 }.sorted())
    #expect(heap.count == times.count - due.count)
    while let entry = heap.popDue(now: .max) { due.append(entry.time) }
    #expect(due == times.sorted())
    #expect(heap.nextTime == .max)
  }
}
