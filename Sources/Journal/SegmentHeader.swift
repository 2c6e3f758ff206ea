internal import System

/// The first 4096 bytes of a segment; ``Format`` has the layout.
struct SegmentHeader: Equatable {
  static let magic: StaticString = "GATESEGM"

  var storeID: StoreID
  var number: UInt64
  /// Bytes of the file as it was made.
  var fileBytes: UInt64
  var features = Features()

  func encode(into bytes: UnsafeMutableRawBufferPointer) {
    let fields = MutableFieldBytes(clearing: bytes, magic: Self.magic)
    fields.put(16, storeID)
    fields.put(32, number)
    fields.put(40, fileBytes)
    features.encode(into: fields, at: 48)
    fields.seal(at: 124)
  }

  /// Reads a header of 4096 bytes.
  static func read(_ bytes: UnsafeRawBufferPointer) -> HeaderReading<SegmentHeader> {
    let fields = FieldBytes(bytes)
    guard fields.has(magic), fields.u32(124) == fields.checksum(0..<124),
      fields.isZero(Format.headerBytes..<Format.segmentHeaderBytes)
    else { return .broken }
    let features = Features(fields, at: 48)
    guard fields.u32(8) == Format.version, features.areKnown else { return .unknown }
    guard fields.isZero(12..<16), fields.isZero(72..<124) else { return .broken }
    return .whole(
      SegmentHeader(storeID: fields.storeID(16), number: fields.u64(32), fileBytes: fields.u64(40), features: features))
  }
}

/// What the bytes at the place of a header are.
enum HeaderReading<Header> {
  case broken
  /// Whole, but of a version or with features that this program does not know.
  case unknown
  case whole(Header)
}

/// What a file needs its readers and writers to know.
struct Features: Equatable {
  /// May be ignored.
  var compatible: UInt64 = 0
  /// May be ignored by who only reads.
  var readCompatible: UInt64 = 0
  /// Must be known to read the file at all.
  var incompatible: UInt64 = 0

  init() {}

  init(_ fields: FieldBytes, at offset: Int) {
    compatible = fields.u64(offset)
    readCompatible = fields.u64(offset + 8)
    incompatible = fields.u64(offset + 16)
  }

  func encode(into fields: MutableFieldBytes, at offset: Int) {
    fields.put(offset, compatible)
    fields.put(offset + 8, readCompatible)
    fields.put(offset + 16, incompatible)
  }

  /// Whether this program may write the file. It knows of no features yet.
  var areKnown: Bool { readCompatible == 0 && incompatible == 0 }
}
