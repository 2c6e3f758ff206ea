internal import System

/// A segment that is written to the end.
public struct SealedSegment: Equatable, Sendable {
  public var number: UInt64
  public var path: String
  /// Of the file.
  public var bytes: Int
  /// The first revision in it; one more than the last when it holds no events.
  public var firstRevision: UInt64
  /// The last revision in it, or before it.
  public var lastRevision: UInt64
}

/// Handing over and letting go of old segments, from a thread that may wait for the disk, while the log goes on.
extension Journal {
  /// The segments that are written to the end, oldest first.
  public var sealedSegments: [SealedSegment] {
    sealedSegments(of: manifest.manifest)
  }

  private func sealedSegments(of manifest: Manifest) -> [SealedSegment] {
    var revision = manifest.base.revision
    var sealed: [SealedSegment] = []
    for segment in manifest.segments where segment.state == .sealed {
      sealed.append(
        SealedSegment(
          number: segment.number, path: directory.path(of: FileName.segment(segment.number)), bytes: segment.fileBytes,
          firstRevision: revision &+ 1, lastRevision: segment.head.revision))
      revision = segment.head.revision
    }
    return sealed
  }

  /// The sealed segments that no start needs: they lie behind both snapshots that are kept, so that one may turn out
  /// damaged.
  ///
  /// A segment that was cut before the first block of the store goes with the one behind it: as long as the log begins
  /// with that block, the manifest lists every segment there is, and a start refuses any other.
  public var dispensableSegments: [SealedSegment] {
    let manifest = manifest.manifest
    guard manifest.snapshots.count == Manifest.keptSnapshots, let needed = manifest.snapshots.first?.place.segment
    else { return [] }
    let empty = manifest.segments.prefix { $0.head.sequence == 0 }.last?.number ?? 0
    return sealedSegments(of: manifest).filter { $0.number < needed && $0.number > empty }
  }

  /// Lets go of the oldest segments, up to the one given. From then on the log begins behind them.
  ///
  /// - Precondition: it is one of ``dispensableSegments``.
  /// - Throws: `disk` when a file cannot be removed: the next start does that. A failure of the manifest ends the
  ///   journal.
  public func letGo(through segment: SealedSegment) throws(JournalError) {
    precondition(dispensableSegments.contains(segment), "a start may need the segment")
    let gone = sealedSegments.filter { $0.number <= segment.number }
    // First nobody looks there any more, then the manifest says so, then the files go.
    index.remove(through: segment.number)
    do {
      try manifest.update { manifest in
        let count = gone.count
        manifest.base = manifest.segments[count - 1].head
        manifest.segments.removeFirst(count)
      }
    } catch {
      fail(error)
      throw error
    }
    for segment in gone { try directory.remove(FileName.segment(segment.number)) }
    try directory.synchronize()
  }

  /// Hands a sealed segment over to another directory, where it then is whole and durable under its name: by a second
  /// name where that can be, by a copy elsewhere. What is there already is left as it is.
  ///
  /// - Returns: whether it was not there before.
  /// - Throws: `damaged` when the segment is not what was written, or the archive holds another file of that name;
  ///   `disk` or `noSpace` when the archive cannot take it.
  public func archive(_ segment: SealedSegment, into archive: String) throws(JournalError) -> Bool {
    let archive = DataDirectory(path: archive, fileSystem: directory.fileSystem)
    let name = FileName.segment(segment.number)
    if let size = try archive.size(of: name) {
      guard size == segment.bytes else {
        throw JournalError(
          .damaged, path: archive.path(of: name), "is in the way: \\(size) bytes long instead of \\(segment.bytes)")
      }
      return false
    }
    try link(segment, into: archive, as: name)
    try archive.synchronize()
    return true
  }

  private func link(_ segment: SealedSegment, into archive: DataDirectory, as name: String) throws(JournalError) {
    do {
      try directory.fileSystem.link(segment.path, to: archive.path(of: name))
    } catch {
      // Another file system, or one without second names.
      try copy(segment, into: archive, as: name)
    }
  }

  private func copy(_ segment: SealedSegment, into archive: DataDirectory, as name: String) throws(JournalError) {
    let unfinished = name + FileName.unfinished
    try archive.remove(unfinished)
    let copy = try archive.open(unfinished, .createNew)
    let window = FileWindow()
    window.open(
      try directory.open(FileName.segment(segment.number), .read), path: segment.path, fileBytes: segment.bytes)
    var offset = 0
    while offset < segment.bytes {
      let bytes = try window.bytes(offset..<min(segment.bytes, offset + FileWindow.defaultBytes))
      try withPath(archive.path(of: unfinished)) { () throws(SystemError) in try copy.write(bytes, at: offset) }
      offset += bytes.count
    }
    try withPath(archive.path(of: name)) { () throws(SystemError) in
      try copy.synchronize()
      try archive.fileSystem.rename(archive.path(of: unfinished), to: archive.path(of: name))
    }
  }
}
