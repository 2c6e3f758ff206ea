/// A block of the log on disk: where it lies, and what its header says.
public struct LogBlock: Equatable, Sendable {
  /// The segment's file.
  public var path: String
  public var segment: UInt64
  /// Where the block begins in the file, in bytes.
  public var offset: Int
  /// Bytes up to the next block, header and padding included.
  public var bytes: Int
  /// Bytes of the records.
  public var bodyBytes: Int
  public var bodyChecksum: UInt32
  /// Counts the blocks of the log, from 1.
  public var sequence: UInt64
  /// Of the first event; one more than ``lastRevision`` in a block of notes alone.
  public var firstRevision: UInt64
  public var lastRevision: UInt64
  /// Records, notes included.
  public var records: Int
  /// Stands for the log up to this block, itself included.
  public var chain: UInt64
  /// Whether anything beside the block itself says that it had reached the disk, as of the beginning of the walk.
  public var isAttested: Bool
}

extension LogBlock {
  /// - Parameter place: what was behind the block once it was read.
  init(_ header: BlockHeader, path: String, behind place: BlockHeader.Place, isAttested: Bool) {
    self.path = path
    segment = header.segment
    offset = Int(truncatingIfNeeded: header.offset)
    bytes = header.blockBytes
    bodyBytes = Int(header.bodyBytes)
    bodyChecksum = header.bodyChecksum
    sequence = header.sequence
    firstRevision = header.firstRevision
    lastRevision = header.lastRevision
    records = Int(header.recordCount)
    chain = place.head.chain
    self.isAttested = isAttested
  }
}
