internal import System

/// A snapshot that is whole.
public struct SnapshotFragment: Sendable {
  let directory: DataDirectory
  let name: String
  let header: SnapshotHeader
  /// What it is true of.
  public var revision: UInt64 { header.revision }

  /// Reads it piece by piece.
  func read(_ storeID: StoreID, chunk: (UnsafeRawBufferPointer) throws(JournalError) -> Void) throws(JournalError) {
    let file = try directory.open(name, .read)
    let path = directory.path(of: name)
    let window = FileWindow()
    window.open(file, path: path, fileBytes: try withPath(path) { () throws(SystemError) in try file.size() })
    var scan = try SnapshotScan(window, storeID: storeID)
    while let body = try scan.next() { try chunk(body) }
  }
}

/// A way to begin a log, and how far it leads.
public struct LogStart: Sendable {
  /// Where the first block is.
  var place: LogPlace
  /// What stands for the log before it, oldest first; none when there is nothing before it.
  public internal(set) var snapshots: [SnapshotFragment]
  /// How far the log is whole from there.
  public internal(set) var extent: LogFragments.Extent

  /// The log holds the events behind this revision.
  public var baseRevision: UInt64 { place.head.revision }
  /// Whether it is the very beginning, which no snapshot has to stand for.
  public var isFirst: Bool { place.head.sequence == 0 }
  /// The last revision that can be had.
  public var lastRevision: UInt64 { extent.place.head.revision }

  /// The same with some of the snapshots only.
  public func keeping(_ isWanted: (SnapshotFragment) throws(JournalError) -> Bool) throws(JournalError) -> LogStart {
    var start = self
    start.snapshots = []
    for snapshot in snapshots where try isWanted(snapshot) { start.snapshots.append(snapshot) }
    return start
  }
}

extension LogFragments {
  /// Adds what is whole of the snapshots in a directory, and the place where its log begins.
  mutating func collectStarts(from directory: DataDirectory) throws(JournalError) {
    if let manifest = try? ManifestFile.read(in: directory, .read).manifest, manifest.storeID == storeID,
      manifest.base.sequence > 0, let first = manifest.segments.first
    {
      bases.append(LogPlace(segment: first.number, offset: Format.segmentHeaderBytes, head: manifest.base))
    }
    for name in try directory.list().sorted() where FileName.snapshotSequence(name) != nil {
      do throws(JournalError) {
        let header = try Self.snapshotHeader(of: name, in: directory, storeID)
        let snapshot = SnapshotFragment(directory: directory, name: name, header: header)
        try snapshot.read(storeID) { _ in }
        snapshots.append(snapshot)
      } catch {
        guard error.kind == .damaged else { throw error }
        oddities.append(error)
      }
    }
    snapshots.sort { $0.header.place.head.sequence < $1.header.place.head.sequence }
  }

  private static func snapshotHeader(
    of name: String, in directory: DataDirectory, _ storeID: StoreID
  ) throws(JournalError) -> SnapshotHeader {
    let file = try directory.open(name, .read)
    let path = directory.path(of: name)
    let window = FileWindow(bytes: Format.alignment)
    window.open(file, path: path, fileBytes: try withPath(path) { () throws(SystemError) in try file.size() })
    return try SnapshotScan(window, storeID: storeID).header
  }

  /// Every way to begin, the earliest first: with the first block of the store; where the log begins behind what was
  /// let go; with each of the snapshots.
  public func starts() throws(JournalError) -> [LogStart] {
    var found: [LogStart] = []
    let first = try extent(from: beginning)
    if first.blocks > 0 || snapshots.isEmpty && bases.isEmpty {
      found.append(LogStart(place: beginning, snapshots: [], extent: first))
    }
    for place in bases + snapshots.map(\.header.place) {
      let extent = try extent(from: place)
      // A snapshot that is true of more than the log holds would leave a gap behind the log.
      let usable = snapshots.filter { snapshot in
        let head = snapshot.header.place.head
        return head.sequence >= place.head.sequence && head.sequence <= extent.place.head.sequence
          && snapshot.revision <= extent.place.head.revision
      }
      if !usable.isEmpty { found.append(LogStart(place: place, snapshots: usable, extent: extent)) }
    }
    for snapshot in snapshots where !found.contains(where: { $0.lastRevision >= snapshot.revision }) {
      found.append(alone(snapshot))
    }
    return found
  }

  /// Nothing but a snapshot, where the log does not reach as far as it does.
  private func alone(_ snapshot: SnapshotFragment) -> LogStart {
    let head = LogHead(sequence: snapshot.header.place.head.sequence, revision: snapshot.revision, chain: 0)
    // No segment has that number: no block is read.
    let place = LogPlace(segment: .max, offset: Format.segmentHeaderBytes, head: head)
    let path = snapshot.directory.path(of: snapshot.name)
    return LogStart(
      place: place, snapshots: [snapshot],
      extent: Extent(revision: snapshot.revision, isAsWanted: false, place: place, path: path))
  }

  /// How far the log is whole from a place on.
  private func extent(from place: LogPlace) throws(JournalError) -> Extent {
    var reader = FragmentReader(self, from: place)
    while try reader.next() != nil {}
    return Extent(
      revision: reader.place.head.revision, isAsWanted: false, place: reader.place, path: reader.path ?? "")
  }
}
