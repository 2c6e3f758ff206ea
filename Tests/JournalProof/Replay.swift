internal import Journal

/// What a start makes of a directory: the records that its snapshot stands for, and those that it replays behind it.
///
/// A snapshot of these tests holds the digest of every record, so that a start from one is held against the same as a
/// start from the whole log.
struct Replay {
  private(set) var records: [Digest] = []
  /// Notes that the snapshot held: the log may tell of them again.
  private var notes: Set<Digest> = []

  mutating func restore(_ piece: RestoredPiece) throws(ReplayError) {
    switch piece {
    case .beginning: self = Replay()
    case .chunk(let bytes):
      guard bytes.count % Digest.byteCount == 0 else { throw ReplayError("not a chunk of digests") }
      for offset in stride(from: 0, to: bytes.count, by: Digest.byteCount) {
        records.append(Digest(restoring: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Digest.byteCount])))
      }
    case .end: notes = Set(records.filter { !$0.isEvent })
    }
  }

  mutating func replay(_ record: UnsafeRawBufferPointer) {
    let digest = Digest(record)
    if !digest.isEvent, notes.contains(digest) { return }
    records.append(digest)
  }
}

extension Digest {
  static let byteCount = 16

  /// What a snapshot keeps of it.
  var bytes: [UInt8] {
    (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) } + [isEvent ? 1 : 0]
      + [UInt8](repeating: 0, count: 7)
  }

  init(restoring bytes: UnsafeRawBufferPointer) {
    self.init(
      value: bytes.loadUnaligned(as: UInt64.self).littleEndian, isEvent: bytes[8] == 1)
  }
}
