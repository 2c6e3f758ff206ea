internal import System

/// The first 128 bytes of a block; ``Format`` has the layout.
struct BlockHeader: Equatable {
  static let magic: StaticString = "GATEBLCK"
  private static let recordsKind: UInt32 = 0

  var storeID: StoreID
  var segment: UInt64
  var offset: UInt64
  var sequence: UInt64
  var firstRevision: UInt64
  var lastRevision: UInt64
  var recordCount: UInt32
  var bodyBytes: UInt32
  /// The last block that was known to be durable when this one was written.
  var durableSequence: UInt64
  var durableEnd: UInt64
  var previousChain: UInt64
  var bodyChecksum: UInt32

  func encode(into bytes: UnsafeMutableRawBufferPointer) {
    let fields = MutableFieldBytes(clearing: bytes, magic: Self.magic)
    fields.put(12, Self.recordsKind)
    fields.put(16, storeID)
    fields.put(32, segment)
    fields.put(40, offset)
    fields.put(48, sequence)
    fields.put(56, firstRevision)
    fields.put(64, lastRevision)
    fields.put(72, recordCount)
    fields.put(76, bodyBytes)
    fields.put(80, durableSequence)
    fields.put(88, durableEnd)
    fields.put(96, previousChain)
    fields.put(120, bodyChecksum)
    fields.seal(at: 124)
  }

  /// What 128 bytes at the place of a block's header are.
  enum Reading: Equatable {
    /// All zero: nothing was written here.
    case absent
    /// Not a header, or not a whole one.
    case broken
    /// A whole header of a version or kind that this program does not know.
    case unknown
    case whole(BlockHeader)
  }

  static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
    let fields = FieldBytes(bytes)
    guard fields.has(magic) else { return fields.isZero(0..<Format.headerBytes) ? .absent : .broken }
    guard fields.u32(124) == fields.checksum(0..<124) else { return .broken }
    guard fields.u32(8) == Format.version, fields.u32(12) == recordsKind, fields.isZero(104..<120) else {
      return .unknown
    }
    return .whole(
      BlockHeader(
        storeID: fields.storeID(16), segment: fields.u64(32), offset: fields.u64(40), sequence: fields.u64(48),
        firstRevision: fields.u64(56), lastRevision: fields.u64(64), recordCount: fields.u32(72),
        bodyBytes: fields.u32(76), durableSequence: fields.u64(80), durableEnd: fields.u64(88),
        previousChain: fields.u64(96), bodyChecksum: fields.u32(120)))
  }

  /// Where a block is found, and what comes before it.
  struct Place {
    var storeID: StoreID
    var segment: UInt64
    var offset: Int
    /// Bytes of the segment's file: no block reaches beyond.
    var segmentBytes: Int
    var head: LogHead
  }

  /// Whether this header belongs at that place of that segment, whatever is before it.
  func isAt(_ place: Place) -> Bool {
    storeID == place.storeID && segment == place.segment && offset == UInt64(place.offset)
  }

  /// Whether this is the block that continues the log there, and one that this program could have written.
  func continues(_ place: Place) -> Bool {
    isAt(place) && sequence == place.head.sequence &+ 1 && firstRevision == place.head.revision &+ 1
      && lastRevision >= place.head.revision && lastRevision &- place.head.revision <= UInt64(recordCount)
      && durableSequence < sequence && previousChain == place.head.chain
      && bodyBytes <= UInt32(Format.maximumBodyBytes)
      && Format.blockBytes(body: Int(bodyBytes)) <= place.segmentBytes - place.offset
  }

  /// Bytes from the start of this block to the next.
  var blockBytes: Int { Format.blockBytes(body: Int(bodyBytes)) }
}
