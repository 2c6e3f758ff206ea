internal import Testing

@testable import Store

struct InstantHeapTests {
  @Test func givesTheEarliest() {
    var heap = InstantHeap()
    #expect(heap.first?.element == nil)
    for (element, instant) in [(0, 5), (1, 3), (2, 9), (3, 3)] as [(UInt32, Int64)] {
      heap.set(element, at: instant)
    }
    #expect(heap.first?.instant == 3)
    heap.remove(1)
    heap.remove(3)
    #expect(heap.first?.element == 0)
    heap.set(0, at: 10)
    #expect(heap.first?.element == 2)
    heap.set(0, at: .min)
    #expect(heap.first?.element == 0)
    let instants = [0, 1, 77].map { heap.instant(of: $0) }
    #expect(instants == [.min, nil, nil])
    #expect(heap.count == 2)
  }

  @Test func whatIsNotInItIsNotTakenOut() {
    var heap = InstantHeap()
    heap.remove(3)
    heap.set(2, at: 1)
    heap.remove(0)
    heap.remove(900)
    #expect(heap.count == 1)
  }

  /// Against a dictionary, over random changes.
  @Test(arguments: 0..<8 as Range<UInt64>)
  func isAlwaysInOrder(seed: UInt64) {
    var generator = Seeded(seed)
    var heap = InstantHeap()
    var model: [UInt32: Int64] = [:]
    for _ in 0..<4000 {
      let element = UInt32(generator.next() % 200)
      if generator.next() % 3 == 0 {
        heap.remove(element)
        model[element] = nil
      } else {
        let instant = Int64(generator.next() % 1000) - 500
        heap.set(element, at: instant)
        model[element] = instant
      }
      #expect(heap.count == model.count)
      #expect(heap.first?.instant == model.values.min())
      let instant = heap.instant(of: element)
      #expect(instant == model[element])
    }
    var drained: [Int64] = []
    while let first = heap.first {
      drained.append(first.instant)
      heap.remove(first.element)
    }
    #expect(drained == model.values.sorted())
  }
}
