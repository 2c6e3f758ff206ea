internal import System

/// A copy of a data directory under way: its plan, and the bytes of its files in order. All files are open from the
/// beginning, so that none can be taken away meanwhile; the log goes on beside it.
///
/// Used by one thread at a time.
public final class Backup: @unchecked Sendable {  // handed from thread to thread, see above
  /// Bytes of a piece at most: so little that reading it does not keep a flush of the log waiting.
  public static let pieceBytes = 128 << 10

  public let plan: BackupPlan
  /// The next byte to be handed out.
  public private(set) var position: BackupPosition
  /// Of each file; nil when it is done with.
  private var contents: [(any BackupContent)?]
  private let window = FileWindow(bytes: Backup.pieceBytes)
  /// Whether the window is at the present file.
  private var hasBegun = false

  init(_ plan: BackupPlan, from position: BackupPosition, _ contents: [(any BackupContent)?]) {
    self.plan = plan
    self.position = position
    self.contents = contents
  }

  /// The next piece; nil at the end. Waits for the disk.
  ///
  /// - Throws: `damaged` when what was read is not what was written: nothing of that block has been handed out.
  public func next() throws(JournalError) -> BackupPiece? {
    while position.file < plan.files.count, position.offset == plan.files[position.file].bytes {
      contents[position.file] = nil
      hasBegun = false
      position = BackupPosition(file: position.file + 1, offset: 0)
    }
    guard position.file < plan.files.count, var content = contents[position.file] else { return nil }
    if !hasBegun { try content.begin(window) }
    hasBegun = true
    let bytes = try content.bytes(from: position.offset, limit: Self.pieceBytes, window)
    contents[position.file] = content
    defer { position.offset += bytes.count }
    return BackupPiece(position: position, bytes: bytes)
  }
}
