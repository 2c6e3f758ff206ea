internal import ProtobufWire
internal import Store

/// Where the reading of a snapshot is.
struct SnapshotPosition: Equatable, Sendable {
  /// What the snapshot is true of.
  var revision: UInt64
  /// The customers that there were at that revision are below this slot.
  var endSlot: Slot
  /// The slot to look at next.
  var nextSlot: Slot

  var isAtEnd: Bool { nextSlot == endSlot }
}

/// A part of a snapshot: customers as elements of `gatehouse.v1.WatchResponse.current`, cut into pieces of a message
/// each.
final class SnapshotPart: Sendable {
  struct Piece: Equatable, Sendable {
    var bytes: Range<Int>
    var customers: UInt64
  }

  let pieces: [Piece]
  /// Where the next part begins.
  let position: SnapshotPosition
  private let bytes: WireWriter

  init(bytes: consuming WireWriter, pieces: [Piece], position: SnapshotPosition) {
    self.bytes = bytes
    self.pieces = pieces
    self.position = position
  }

  func withBytes(of piece: Piece, _ body: (UnsafeRawBufferPointer) -> Void) {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[piece.bytes])) }
  }
}

/// Collects the customers of a part.
struct SnapshotPartBuilder: ~Copyable {
  private var writer = WireWriter()
  private var pieces: [SnapshotPart.Piece] = []

  /// Adds a customer; begins a new piece when the present one is full.
  mutating func add(_ customer: CustomerRecord) {
    let start = writer.count
    writer.message(SnapshotReader.field) { customer.render(into: &$0) }
    let last = pieces.count - 1
    if last >= 0 && writer.count - pieces[last].bytes.lowerBound <= WatchSource.messageBytes {
      pieces[last].bytes = pieces[last].bytes.lowerBound..<writer.count
      pieces[last].customers += 1
    } else {
      pieces.append(SnapshotPart.Piece(bytes: start..<writer.count, customers: 1))
    }
  }

  consuming func finish(at position: SnapshotPosition) -> SnapshotPart {
    SnapshotPart(bytes: writer, pieces: pieces, position: position)
  }
}
