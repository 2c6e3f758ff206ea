/// What a backup consists of. With its files a directory is a data directory: a sound one, that ends with the plan's
/// last block.
public struct BackupPlan: Equatable, Sendable {
  public struct File: Equatable, Sendable {
    /// Its name in the data directory.
    public var name: String
    public var bytes: Int

    public init(name: String, bytes: Int) {
      self.name = name
      self.bytes = bytes
    }
  }

  public var storeID: StoreID
  /// The backup holds everything up to here, and nothing beyond.
  public var revision: UInt64
  /// The last block in it, and the chain value behind that.
  public var sequence: UInt64
  public var chain: UInt64
  /// In the order in which they are copied: first what is composed for the backup, then what is immutable.
  public var files: [File]

  public init(storeID: StoreID, revision: UInt64, sequence: UInt64, chain: UInt64, files: [File]) {
    self.storeID = storeID
    self.revision = revision
    self.sequence = sequence
    self.chain = chain
    self.files = files
  }
}

/// The next byte of a backup: of which file of the plan, and where in it.
public struct BackupPosition: Equatable, Sendable {
  public var file: Int
  public var offset: Int

  public init(file: Int, offset: Int) {
    self.file = file
    self.offset = offset
  }

  public static let start = BackupPosition(file: 0, offset: 0)
}

/// Bytes of one file of a backup.
public struct BackupPiece: Equatable, Sendable {
  /// Of the first byte.
  public var position: BackupPosition
  public var bytes: [UInt8]
}

/// Why a backup was not begun.
public enum BackupError: Error, Equatable {
  /// The plan is of another history than this one.
  case otherStore
  /// What the plan lists is not there any more, or never was; the text says what.
  case stale(String)
  /// The data directory is damaged, or cannot be read.
  case unreadable(JournalError)
}
