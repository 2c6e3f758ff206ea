internal import System

/// Up to where the log is known to be on the disk; ``Format`` has the layout.
struct Watermark: Equatable {
  static let magic: StaticString = "GATEMARK"

  var storeID: StoreID
  /// The last block known to be durable; 0 when there is none.
  var sequence: UInt64
  var segment: UInt64
  /// Where that block ends in its segment.
  var end: UInt64

  func encode(into slot: UnsafeMutableRawBufferPointer) {
    let fields = MutableFieldBytes(clearing: slot, magic: Self.magic)
    fields.put(16, storeID)
    fields.put(32, sequence)
    fields.put(40, segment)
    fields.put(48, end)
    fields.seal(at: 60)
  }

  static func read(_ slot: UnsafeRawBufferPointer) -> HeaderReading<Watermark> {
    let fields = FieldBytes(slot)
    guard fields.has(magic), fields.u32(60) == fields.checksum(0..<60) else { return .broken }
    guard fields.u32(8) == Format.version, fields.isZero(12..<16), fields.isZero(56..<60) else { return .unknown }
    return .whole(
      Watermark(storeID: fields.storeID(16), sequence: fields.u64(32), segment: fields.u64(40), end: fields.u64(48)))
  }
}
