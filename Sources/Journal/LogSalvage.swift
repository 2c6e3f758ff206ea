public import System

/// What can be saved of a damaged data directory, and what is lost. Found by reading all of it; nothing is changed.
public struct LogSalvage: Sendable {
  /// Whether what is lost had been acknowledged.
  public enum Acknowledgement: Sendable {
    /// Some of it had reached the disk, and was acknowledged or about to be.
    case certain
    /// What would tell is lost itself.
    case unknown
    /// Nothing says so.
    case none
  }

  public let fragments: LogFragments
  /// The way to begin that saves most: up to the newest revision, and of those the one with the longest history.
  public let start: LogStart
  /// Blocks behind what is saved that are whole, and follow what is not.
  public private(set) var laterBlocks = 0
  /// The last revision that anything tells of.
  public private(set) var lastKnownRevision: UInt64
  /// Bytes behind what is saved that are neither zero nor a whole block, in pages of 4096.
  public private(set) var brokenBytes = 0
  public private(set) var acknowledgement = Acknowledgement.none

  /// - Throws: `damaged` when nothing can be saved, `unsupported` for a format that is not known, `disk` when the
  ///   system fails.
  public init(directory path: String, fileSystem: some FileSystem) throws(JournalError) {
    let directory = DataDirectory(path: path, fileSystem: fileSystem)
    let manifest = try Self.readable { () throws(JournalError) in try ManifestFile.read(in: directory, .read).manifest }
    let watermark = try Self.readable { () throws(JournalError) in
      try WatermarkFile.read(in: directory, .read).watermark
    }
    let commonest = try LogFragments.commonestStoreID(in: directory)
    guard let storeID = manifest?.storeID ?? watermark?.storeID ?? commonest else {
      throw JournalError(.damaged, path: path, "nothing of a store is there")
    }
    var fragments = LogFragments(of: storeID)
    try fragments.collect(from: path, fileSystem: fileSystem)
    let starts = try fragments.starts()
    let newest = starts.map(\.lastRevision).max() ?? 0
    guard let start = starts.first(where: { $0.lastRevision == newest }), newest > 0 else {
      throw JournalError(.damaged, path: path, "nothing of the log can be saved")
    }
    self.fragments = fragments
    self.start = start
    lastKnownRevision = max(
      newest, manifest?.sealedHead.revision ?? 0, manifest?.snapshots.map(\.revision).max() ?? 0,
      fragments.snapshots.map(\.revision).max() ?? 0)
    try look(behind: start.extent.place)
    let attested = max(manifest?.sealedHead.sequence ?? 0, watermark?.sequence ?? 0)
    if attested > start.extent.blocks || lastKnownRevision > newest {
      acknowledgement = .certain
    } else if manifest == nil || watermark == nil {
      acknowledgement = .unknown
    }
  }

  /// Goes over what is not saved.
  private mutating func look(behind place: LogPlace) throws(JournalError) {
    var sequences: Set<UInt64> = []
    var broken = 0
    var last: UInt64 = 0
    try FragmentReader(fragments, from: place).forEachLeftover { leftover in
      broken += leftover.brokenBytes
      if let block = leftover.block, block.sequence > place.head.sequence {
        sequences.insert(block.sequence)
        last = max(last, block.lastRevision)
      }
      return true
    }
    brokenBytes = broken
    laterBlocks = sequences.count
    lastKnownRevision = max(lastKnownRevision, last)
  }

  /// nil when the file is lost or damaged.
  private static func readable<Value>(
    _ read: () throws(JournalError) -> Value
  ) throws(JournalError) -> Value? {
    do throws(JournalError) {
      return try read()
    } catch {
      guard error.kind == .damaged || error.kind == .disk else { throw error }
      return nil
    }
  }
}
