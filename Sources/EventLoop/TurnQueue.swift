/// Who is to have a turn: first come, first served.
struct TurnQueue<Element> {
  /// Places that were left are given up when there are at least so many, and more of them than of the others.
  private static var leastLeft: Int { 1024 }

  private var places: [Element?] = []
  /// Where the first one is.
  private var head = 0

  var isEmpty: Bool { head == places.count }
  var count: Int { places.count - head }

  mutating func append(_ element: Element) { places.append(element) }

  mutating func append(contentsOf elements: [Element]) { places.append(contentsOf: elements) }

  mutating func popFirst() -> Element? {
    guard head < places.count else { return nil }
    // The place is left empty, so that nothing is kept alive by it.
    var first: Element?
    swap(&first, &places[head])
    head += 1
    if head == places.count {
      places.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= Self.leastLeft, head > places.count / 2 {
      places.removeFirst(head)
      head = 0
    }
    return first
  }
}
