internal import System

/// Fixed fields in a buffer: little-endian numbers at offsets that the format names.
///
/// Offsets are the program's own, never read from a file.
struct FieldBytes {
  let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
  }

  func u32(_ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  func u64(_ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  func storeID(_ offset: Int) -> StoreID {
    StoreID(high: u64(offset).byteSwapped, low: u64(offset + 8).byteSwapped)
  }

  func has(_ magic: StaticString) -> Bool {
    magic.withUTF8Buffer { bytes.prefix($0.count).elementsEqual($0) }
  }

  func isZero(_ range: Range<Int>) -> Bool {
    ZeroRun.isZero(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }

  func checksum(_ range: Range<Int>) -> UInt32 {
    CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[range]))
  }
}

/// The same, to write.
struct MutableFieldBytes {
  let bytes: UnsafeMutableRawBufferPointer

  /// Clears `bytes` and begins with `magic` and the version of the format.
  init(clearing bytes: UnsafeMutableRawBufferPointer, magic: StaticString) {
    self.bytes = bytes
    _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
    magic.withUTF8Buffer { bytes.copyBytes(from: $0) }
    put(8, Format.version)
  }

  /// `bytes`, as they are.
  init(alreadyIn bytes: UnsafeMutableRawBufferPointer) {
    self.bytes = bytes
  }

  func put(_ offset: Int, _ value: UInt32) {
    bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt32.self)
  }

  func put(_ offset: Int, _ value: UInt64) {
    bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
  }

  func put(_ offset: Int, _ id: StoreID) {
    id.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: $0) }
  }

  /// Puts the checksum of all that is before `offset` there.
  func seal(at offset: Int) {
    put(offset, CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<offset])))
  }
}
