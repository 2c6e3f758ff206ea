internal import Testing

@testable import ProtobufWire

/// A message written by hand, that holds itself and a map.
private struct Tree: WireMessage {
  var name = ""
  @WireBoxed var child: Tree?
  var leaves: [Tree] = []
  var weights: WireMap<String, Int32> = [:]
  var numbers: [Int32] = []

  mutating func merge(from reader: inout WireReader) throws(WireError) {
    while let tag = try reader.nextTag() {
      switch tag.rawValue {
      case 10: name = try reader.string()
      case 18: try reader.merge(into: &child)
      case 26: try reader.append(to: &leaves)
      case 34: try reader.insertEntry(into: &weights, StringCoding.self, Int32Coding.self)
      case 42: try reader.appendPacked(to: &numbers, Int32Coding.self)
      default: try reader.skip(tag)
      }
    }
  }

  func encode(into writer: inout WireWriter) {
    if !name.isEmpty { writer.field(1, string: name) }
    if let child { writer.message(2, child) }
    for leaf in leaves { writer.message(3, leaf) }
    writer.field(4, map: weights, StringCoding.self, Int32Coding.self)
    if !numbers.isEmpty { writer.field(5, packed: numbers, Int32Coding.self) }
  }
}

@Suite struct WireMessageTests {
  private func chain(_ depth: Int) -> Tree {
    (0..<depth).reduce(Tree()) { inner, _ in .with { $0.child = inner } }
  }

  @Test func whatIsEncodedIsDecoded() throws {
    let tree = Tree.with {
      $0.name = String(repeating: "é", count: 100)
      $0.child = chain(3)
      $0.leaves = [Tree(), .with { $0.name = "leaf" }]
      $0.weights = ["b": -1, "a": 0]
      $0.numbers = [0, -1, .max]
    }
    #expect(try Tree(decoding: tree.encoded()) == tree)
    #expect(Tree().encoded() == [])
    #expect(try Tree(decoding: []) == Tree())
  }

  @Test func nestingEndsAtTheLimit() throws {
    let deepest = chain(WireReader.maximumDepth)
    #expect(try Tree(decoding: deepest.encoded()) == deepest)
    #expect(throws: WireError.nestingTooDeep) { try Tree(decoding: chain(WireReader.maximumDepth + 1).encoded()) }
  }

  /// `child` twice: the second is read over the first.
  @Test func submessagesMerge() throws {
    let first = Tree.with {
      $0.child = .with {
        $0.name = "first"; $0.numbers = [1]; $0.weights = ["a": 1]
      }
    }
    let second = Tree.with {
      $0.child = .with {
        $0.numbers = [2]; $0.weights = ["a": 2, "b": 3]
      }
    }
    let merged = try Tree(decoding: first.encoded() + second.encoded())
    #expect(merged.child?.name == "first")
    #expect(merged.child?.numbers == [1, 2])
    #expect(merged.child?.weights == ["a": 2, "b": 3])
  }

  @Test(
    arguments: [
      // Nothing within: key and value are at their defaults.
      ([0x22, 0x00], ["": 0]),
      ([0x22, 0x02, 0x10, 0x07], ["": 7]),
      ([0x22, 0x03, 0x0A, 0x01, 0x6B], ["k": 0]),
      // The last key and value count.
      ([0x22, 0x0A, 0x10, 0x01, 0x0A, 0x01, 0x6A, 0x10, 0x02, 0x0A, 0x01, 0x6B], ["k": 2]),
      // A field that is unknown, or of another wire type, makes the entry an unknown field.
      ([0x22, 0x05, 0x0A, 0x01, 0x6B, 0x18, 0x01], [:]),
      ([0x22, 0x05, 0x0A, 0x01, 0x6B, 0x12, 0x00], [:]),
    ] as [([UInt8], WireMap<String, Int32>)])
  func mapEntries(bytes: [UInt8], expected: WireMap<String, Int32>) throws {
    #expect(try Tree(decoding: bytes).weights == expected)
  }

  @Test func aPackedFieldEndsWithAnElement() {
    #expect(throws: WireError.truncated) { try Tree(decoding: [0x2A, 0x01, 0x80, 0x01]) }
    #expect(throws: WireError.truncated) { try Tree(decoding: [0x2A, 0x02, 0x01]) }
  }

  @Test func aMessageEndsWithAField() {
    // The field within goes on behind the end of its message, where there are bytes.
    #expect(throws: WireError.truncated) { try Tree(decoding: [0x12, 0x02, 0x0A, 0x02, 0x61, 0x61]) }
    #expect(throws: WireError.truncated) { try Tree(decoding: [0x12, 0x01, 0x80, 0x01]) }
    #expect(throws: WireError.unmatchedGroup) { try Tree(decoding: [0x12, 0x01, 0x7B, 0x7C]) }
  }
}

@Suite struct WireBoxedTests {
  @Test func itHoldsAMessageOrNone() {
    var tree = Tree()
    #expect(tree.child == nil)
    tree.child = .with { $0.name = "a" }
    let copy = tree
    tree.child?.name = "b"
    #expect(copy.child?.name == "a")
    #expect(tree.child?.name == "b")
    #expect(tree != copy)
    tree.child = nil
    #expect(tree == Tree())
    #expect(WireBoxed(wrappedValue: 1).wrappedValue == 1)
  }
}
