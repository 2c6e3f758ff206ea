internal import System

/// Gathers the records of the next block, with room for the header before them, so that one write takes all.
///
/// Confined: to the lock that the journal gathers under, then to whoever writes it.
final class BlockBuffer {
  /// What one append added.
  struct Append {
    /// Where in the body it ends.
    var end: Int
    var position: Position
    /// The last revision up to there.
    var lastRevision: UInt64
    /// Records up to there.
    var records: Int
  }

  /// A buffer that grew beyond this, in bytes, is let go when it has been written: bursts are rare.
  private static let keptBytes = 1 << 20
  private static let firstBytes = 16 << 10

  private var bytes: UnsafeMutableRawBufferPointer
  private(set) var bodyBytes = 0
  private(set) var appends: [Append] = []

  init() {
    bytes = .allocate(byteCount: Self.firstBytes, alignment: Format.alignment)
  }

  deinit {
    bytes.deallocate()
  }

  var isEmpty: Bool { bodyBytes == 0 }

  func append(_ records: UnsafeRawBufferPointer, count: Int, lastRevision: UInt64, position: Position) {
    reserve(Format.headerBytes + bodyBytes + records.count)
    UnsafeMutableRawBufferPointer(rebasing: bytes[(Format.headerBytes + bodyBytes)...]).copyMemory(from: records)
    bodyBytes += records.count
    appends.append(
      Append(
        end: bodyBytes, position: position, lastRevision: lastRevision, records: (appends.last?.records ?? 0) + count))
  }

  /// Rounded up, so that there is always room for the padding.
  private func reserve(_ count: Int) {
    let needed = Format.roundUp(count)
    guard needed > bytes.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(needed, 2 * bytes.count), alignment: Format.alignment)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<(Format.headerBytes + bodyBytes)]))
    bytes.deallocate()
    bytes = larger
  }

  func removeAll() {
    bodyBytes = 0
    appends.removeAll(keepingCapacity: appends.capacity <= Self.firstBytes)
    guard bytes.count > Self.keptBytes else { return }
    bytes.deallocate()
    bytes = .allocate(byteCount: Self.firstBytes, alignment: Format.alignment)
  }

  /// The gathered records from `start` on.
  func body(from start: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[Format.headerBytes + start..<Format.headerBytes + bodyBytes])
  }

  /// The block whose body is `range`, at an address that is a multiple of ``Format/alignment``: in place when all that
  /// was gathered fits one block, copied in the rare case that it does not.
  func withBlock(
    _ range: Range<Int>, header: (UnsafeMutableRawBufferPointer) -> Void,
    write: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    let count = Format.blockBytes(body: range.count)
    if range == 0..<bodyBytes {
      reserve(count)
      let block = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
      return try complete(block, bodyBytes: range.count, header: header, write: write)
    }
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: Format.alignment)
    defer { block.deallocate() }
    UnsafeMutableRawBufferPointer(rebasing: block[Format.headerBytes...])
      .copyMemory(from: UnsafeRawBufferPointer(rebasing: body(from: range.lowerBound)[..<range.count]))
    try complete(block, bodyBytes: range.count, header: header, write: write)
  }

  /// Puts header and padding around the body.
  private func complete(
    _ block: UnsafeMutableRawBufferPointer, bodyBytes: Int, header: (UnsafeMutableRawBufferPointer) -> Void,
    write: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    header(UnsafeMutableRawBufferPointer(rebasing: block[..<Format.headerBytes]))
    let padding = UnsafeMutableRawBufferPointer(rebasing: block[(Format.headerBytes + bodyBytes)...])
    _ = padding.initializeMemory(as: UInt8.self, repeating: 0)
    try write(UnsafeRawBufferPointer(block))
  }
}
