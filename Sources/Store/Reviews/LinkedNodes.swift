/// Links between small numbers, so that each of them is in one list at the most and is taken out of its middle without
/// a search. The lists themselves, their ends, are their owner's.
struct LinkedNodes: ~Copyable {
  /// Stands for no number.
  static var none: UInt32 { .max }

  /// A list, by its ends.
  struct List {
    fileprivate(set) var first = LinkedNodes.none
    fileprivate(set) var last = LinkedNodes.none

    var isEmpty: Bool { first == LinkedNodes.none }
  }

  struct Links {
    var previous = LinkedNodes.none
    var next = LinkedNodes.none
  }

  private var links = SlabArray<Links>()

  /// Precondition: the node is in no list.
  mutating func append(_ node: UInt32, to list: inout List) {
    reach(node)
    links[Int(node)] = Links(previous: list.last)
    if list.isEmpty { list.first = node } else { links[Int(list.last)].next = node }
    list.last = node
  }

  /// Precondition: the node is in no list.
  ///
  /// - Parameter other: a node of the list; ``none`` to put the node at the front.
  mutating func insert(_ node: UInt32, after other: UInt32, in list: inout List) {
    reach(node)
    let next = other == Self.none ? list.first : links[Int(other)].next
    links[Int(node)] = Links(previous: other, next: next)
    if other == Self.none { list.first = node } else { links[Int(other)].next = node }
    if next == Self.none { list.last = node } else { links[Int(next)].previous = node }
  }

  /// The node behind one of a list; ``none`` behind the last.
  func next(of node: UInt32) -> UInt32 { links[Int(node)].next }

  /// Precondition: the node is in the list.
  mutating func remove(_ node: UInt32, from list: inout List) {
    let found = links[Int(node)]
    if found.previous == Self.none { list.first = found.next } else { links[Int(found.previous)].next = found.next }
    if found.next == Self.none { list.last = found.previous } else { links[Int(found.next)].previous = found.previous }
  }

  private mutating func reach(_ node: UInt32) {
    while links.count <= Int(node) { links.append(Links()) }
  }
}
