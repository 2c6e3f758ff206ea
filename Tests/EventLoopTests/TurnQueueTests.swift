internal import Testing

@testable import EventLoop

struct TurnQueueTests {
  @Test func turnsComeInOrder() {
    var queue = TurnQueue<Int>()
    var (next, expected) = (0, 0)
    for step in 1...3000 {
      for _ in 0..<(step % 5) {
        queue.append(next)
        next += 1
      }
      var together: [Int?] = (next..<next + step % 3).map { $0 }
      next += together.count
      queue.append(all: &together)
      #expect(together.isEmpty)
      for _ in 0..<(step % 7) where !queue.isEmpty {
        #expect(queue.popFirst() == expected)
        expected += 1
      }
      #expect(queue.count == next - expected && queue.isEmpty == (next == expected))
    }
    while let first = queue.popFirst() {
      #expect(first == expected)
      expected += 1
    }
    #expect(expected == next)
    #expect(queue.isEmpty)
  }

  private final class Mark {}

  @Test func whoHasHadItsTurnIsNotKept() {
    var queue = TurnQueue<Mark>()
    weak var first: Mark?
    do {
      let mark = Mark()
      first = mark
      queue.append(mark)
    }
    queue.append(Mark())
    #expect(first != nil)
    _ = queue.popFirst()
    #expect(first == nil)
    #expect(queue.count == 1)
  }
}
