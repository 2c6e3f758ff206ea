public import System

/// The segments and snapshots of one log, wherever they lie: in a backup, in an archive, in what damage has left of a
/// data directory.
///
/// No manifest is needed to read them. A segment says which one it is and of which store, and each block is chained
/// to the one before, so what follows what is proven by the blocks. Copies of one segment complete each other,
/// whichever is longer, or whole where the other is not.
public struct LogFragments: Sendable {
  /// A file that holds a segment.
  struct Fragment: Sendable {
    var directory: DataDirectory
    var name: String
    /// What its header says; what its name says where the header is damaged.
    var number: UInt64
    var fileBytes: Int

    var path: String { directory.path(of: name) }
  }

  public let storeID: StoreID
  /// In the order of their numbers; copies of one segment in the order of collecting.
  private(set) var fragments: [Fragment] = []
  /// What is not as it must be: files that look like segments and are none, or of another store; headers that are
  /// damaged; names that are not the segment's own; snapshots that are not whole.
  public internal(set) var oddities: [JournalError] = []
  /// Those that are whole, in the order of their places.
  var snapshots: [SnapshotFragment] = []
  /// Where the logs of directories begin that have let segments go.
  var bases: [LogPlace] = []

  /// No segments yet.
  public init(of storeID: StoreID) {
    self.storeID = storeID
  }

  /// Bytes of all the files.
  public var fileBytes: Int { fragments.reduce(0) { $0 + $1.fileBytes } }

  /// Adds every segment and snapshot in a directory. Nothing in it is changed.
  ///
  /// - Throws: `unsupported` for a format that is not known, `disk` when the directory cannot be read.
  public mutating func collect(from path: String, fileSystem: some FileSystem) throws(JournalError) {
    let directory = DataDirectory(path: path, fileSystem: fileSystem)
    let window = FileWindow(bytes: Format.segmentHeaderBytes)
    for name in try directory.list().filter(FileName.looksLikeSegment).sorted() {
      do throws(JournalError) {
        let (reading, fileBytes) = try Self.header(of: name, in: directory, window)
        try take(reading, name: name, fileBytes: fileBytes, in: directory)
      } catch {
        guard error.kind == .damaged else { throw error }
        oddities.append(error)
      }
    }
    try collectStarts(from: directory)
    // Stable: copies stay in the order of collecting.
    fragments.sort { $0.number < $1.number }
  }

  private mutating func take(
    _ reading: HeaderReading<SegmentHeader>, name: String, fileBytes: Int, in directory: DataDirectory
  ) throws(JournalError) {
    let path = directory.path(of: name)
    let named = FileName.segmentNumber(name)
    let number: UInt64
    switch reading {
    case .unknown:
      throw JournalError(.unsupported, path: path, offset: 0, "a format that this version does not know")
    case .whole(let header):
      guard header.storeID == storeID else {
        throw JournalError(.damaged, path: path, offset: 0, "belongs to another store, \(header.storeID)")
      }
      if header.number != named {
        oddities.append(
          JournalError(.damaged, path: path, offset: 0, "is segment \(header.number) under another's name"))
      }
      number = header.number
    case .broken:
      let error = JournalError(.damaged, path: path, offset: 0, "the header of the segment is damaged")
      guard let named else { throw error }
      oddities.append(error)
      number = named
    }
    fragments.append(Fragment(directory: directory, name: name, number: number, fileBytes: fileBytes))
  }

  private static func header(
    of name: String, in directory: DataDirectory, _ window: FileWindow
  ) throws(JournalError) -> (HeaderReading<SegmentHeader>, fileBytes: Int) {
    let path = directory.path(of: name)
    let file = try directory.open(name, .read)
    let fileBytes = try withPath(path) { () throws(SystemError) in try file.size() }
    guard fileBytes >= Format.segmentHeaderBytes else {
      throw JournalError(.damaged, path: path, "its size, \(fileBytes) bytes, is none that a segment has")
    }
    window.open(file, path: path, fileBytes: fileBytes)
    do throws(JournalError) {
      return (SegmentHeader.read(try window.bytes(0..<Format.segmentHeaderBytes)), fileBytes)
    } catch {
      // Its blocks may be readable though the header is not.
      return (.broken, fileBytes)
    }
  }

  /// The id that most segments of a directory carry: what is left to go by when manifest and watermark are lost.
  static func commonestStoreID(in directory: DataDirectory) throws(JournalError) -> StoreID? {
    var counts: [StoreID: Int] = [:]
    let window = FileWindow(bytes: Format.segmentHeaderBytes)
    for name in try directory.list().filter(FileName.looksLikeSegment) {
      if case .whole(let header)? = try? header(of: name, in: directory, window).0 {
        counts[header.storeID, default: 0] += 1
      }
    }
    return counts.max { $0.value < $1.value }?.key
  }
}
