internal import System

/// The first 128 bytes of a snapshot; ``Format`` has the layout.
struct SnapshotHeader: Equatable {
  static let magic: StaticString = "GATESNAP"

  var storeID: StoreID
  /// What the snapshot is true of.
  var revision: UInt64
  /// The block that the log goes on behind.
  var place: LogPlace
  var features = Features()

  func encode(into bytes: UnsafeMutableRawBufferPointer) {
    let fields = MutableFieldBytes(clearing: bytes, magic: Self.magic)
    fields.put(16, storeID)
    fields.put(32, revision)
    features.encode(into: fields, at: 40)
    fields.put(64, place.head.sequence)
    fields.put(72, place.head.revision)
    fields.put(80, place.head.chain)
    fields.put(88, place.segment)
    fields.put(96, UInt64(place.offset))
    fields.seal(at: 124)
  }

  static func read(_ bytes: UnsafeRawBufferPointer) -> HeaderReading<SnapshotHeader> {
    let fields = FieldBytes(bytes)
    guard fields.has(magic), fields.u32(124) == fields.checksum(0..<124) else { return .broken }
    let features = Features(fields, at: 40)
    guard fields.u32(8) == Format.version, features.areKnown, fields.isZero(104..<124) else { return .unknown }
    guard fields.isZero(12..<16), let offset = Int(exactly: fields.u64(96)) else { return .broken }
    let head = LogHead(sequence: fields.u64(64), revision: fields.u64(72), chain: fields.u64(80))
    return .whole(
      SnapshotHeader(
        storeID: fields.storeID(16), revision: fields.u64(32),
        place: LogPlace(segment: fields.u64(88), offset: offset, head: head), features: features))
  }
}

/// The 48 bytes before the body of a chunk; ``Format`` has the layout.
struct ChunkHeader: Equatable {
  private static let magic: UInt32 = 0x4B4E_4843

  enum Kind: UInt32 {
    case body = 1
    case end = 2
  }

  var kind: Kind
  var number: UInt64
  var bodyBytes: Int
  var previousChain: UInt64
  var bodyChecksum: UInt32

  func encode(into bytes: UnsafeMutableRawBufferPointer) {
    let fields = MutableFieldBytes(alreadyIn: bytes)
    fields.put(0, Self.magic)
    fields.put(4, kind.rawValue)
    fields.put(8, number)
    fields.put(16, UInt64(bodyBytes))
    fields.put(24, previousChain)
    fields.put(32, UInt64(0))
    fields.put(40, bodyChecksum)
    fields.seal(at: 44)
  }

  /// - Returns: nil unless it is a whole header.
  static func read(_ bytes: UnsafeRawBufferPointer) -> ChunkHeader? {
    let fields = FieldBytes(bytes)
    guard fields.u32(0) == magic, fields.u32(44) == fields.checksum(0..<44), fields.isZero(32..<40),
      let kind = Kind(rawValue: fields.u32(4)), let bodyBytes = Int(exactly: fields.u64(16)),
      bodyBytes <= Format.maximumBodyBytes
    else { return nil }
    return ChunkHeader(
      kind: kind, number: fields.u64(8), bodyBytes: bodyBytes, previousChain: fields.u64(24),
      bodyChecksum: fields.u32(40))
  }
}
