/// Who is to have a turn: first come, first served.
struct TurnQueue<Element> {
  /// Places that were left are given up when there are at least so many, and more of them than of the others.
  private static var leastLeft: Int { 1024 }

  /// The places in order, those that were taken over together in a run of their own. There is always one run, and only
  /// the first has places that were left.
  private var runs: [[Element?]] = [[]]
  /// Where in the first run the first one is.
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) {
    runs[runs.count - 1].append(element)
    count += 1
  }

  /// Takes over all of `elements`, none of them nil, at a cost that does not grow with their number. The array is empty
  /// afterwards.
  mutating func append(all elements: inout [Element?]) {
    guard !elements.isEmpty else { return }
    if isEmpty {
      swap(&runs[0], &elements)
    } else {
      runs.append(elements)
      elements = []
    }
    count += runs[runs.count - 1].count
  }

  mutating func popFirst() -> Element? {
    guard count > 0 else { return nil }
    while head == runs[0].count {
      runs.removeFirst()
      head = 0
    }
    // The place is left empty, so that nothing is kept alive by it.
    var first: Element?
    swap(&first, &runs[0][head])
    head += 1
    count -= 1
    if count == 0 {
      runs.removeLast(runs.count - 1)
      runs[0].removeAll(keepingCapacity: true)
      head = 0
    } else if head >= Self.leastLeft, head > runs[0].count / 2 {
      runs[0].removeFirst(head)
      head = 0
    }
    return first
  }
}
