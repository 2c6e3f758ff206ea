internal import System

/// Reads again what lies on the disk, and holds it against what was written: one step at a time, so that whoever calls
/// decides how fast. It changes nothing, whatever it finds.
///
/// A pass goes over the segments, oldest first, each as far as it is durable when its turn comes, then over the
/// snapshots. A segment or a snapshot that goes meanwhile is passed over. Used by one thread.
public final class LogScrub {
  /// What one step did.
  public enum Step {
    /// So many bytes were read, and are what was written.
    case read(Int)
    /// Something is not what was written; the rest of that file is passed over.
    case found(JournalError)
    /// Everything was gone over.
    case passed
  }

  private enum Target {
    case segment(UInt64)
    case snapshot(Manifest.Snapshot)
  }

  private enum Reading {
    case segment(BlockScan, end: LogPlace)
    case snapshot(SnapshotScan, Manifest.Snapshot)
  }

  /// Bytes read at a time.
  private static let windowBytes = 128 << 10

  private let journal: Journal
  private let window = FileWindow(bytes: windowBytes)
  /// What is left of the pass, the next last.
  private var targets: [Target] = []
  private var reading: Reading?
  private var isWithinPass = false

  public init(_ journal: Journal) {
    self.journal = journal
  }

  /// The file that is being read, by its name in the data directory; empty between two passes.
  public private(set) var file = ""
  /// How far.
  public private(set) var offset = 0

  /// Reads one more block or chunk, or turns to the next file.
  public func step() -> Step {
    do throws(JournalError) {
      if let reading { return .read(try go(on: reading)) }
      guard isWithinPass else {
        beginPass()
        return .read(0)
      }
      guard let target = targets.popLast() else {
        isWithinPass = false
        (file, offset) = ("", 0)
        return .passed
      }
      return .read(try begin(target))
    } catch {
      reading = nil
      // What was let go meanwhile is nobody's loss.
      return isKept(file) ? .found(error) : .read(0)
    }
  }

  private func beginPass() {
    let manifest = journal.manifest.manifest
    targets =
      manifest.snapshots.reversed().map { .snapshot($0) } + manifest.segments.reversed().map { .segment($0.number) }
    isWithinPass = true
  }

  private func isKept(_ file: String) -> Bool {
    let manifest = journal.manifest.manifest
    return manifest.segments.contains { FileName.segment($0.number) == file }
      || manifest.snapshots.contains { $0.fileName == file }
  }

  private func begin(_ target: Target) throws(JournalError) -> Int {
    offset = 0
    switch target {
    case .segment(let number):
      file = FileName.segment(number)
      return try begin(segment: number)
    case .snapshot(let snapshot):
      file = snapshot.fileName
      let scan = try SnapshotScan.open(snapshot, storeID: journal.storeID, in: journal.directory, window)
      reading = .snapshot(scan, snapshot)
      return Format.headerBytes
    }
  }

  private func begin(segment number: UInt64) throws(JournalError) -> Int {
    // In this order, so that a segment that is sealed meanwhile is not taken to end earlier than it does.
    let present = journal.index.end
    let manifest = journal.manifest.manifest
    guard let index = manifest.segments.firstIndex(where: { $0.number == number }) else { return 0 }
    let segment = manifest.segments[index]
    let before = index == 0 ? manifest.base : manifest.segments[index - 1].head
    let end =
      segment.state == .sealed
      ? LogPlace(segment: number, offset: segment.end, head: segment.head)
      : number == present.segment ? present : LogPlace(segment: number, offset: segment.end, head: before)
    let handle = try journal.directory.open(file, .read)
    let path = journal.directory.path(of: file)
    let size = try withPath(path) { () throws(SystemError) in try handle.size() }
    guard size == segment.fileBytes else {
      throw JournalError(.damaged, path: path, "is \(size) bytes long instead of \(segment.fileBytes)")
    }
    if segment.state == .sealed { handle.forgetCached() }
    window.open(handle, path: path, fileBytes: end.offset)
    guard case .whole(let header) = SegmentHeader.read(try window.bytes(0..<Format.segmentHeaderBytes)),
      header.storeID == journal.storeID, header.number == number
    else { throw JournalError(.damaged, path: path, offset: 0, "the header of the segment is damaged") }
    let scan = BlockScan(
      window, storeID: journal.storeID, segment: number, from: Format.segmentHeaderBytes, end: end.offset, head: before)
    reading = .segment(scan, end: end)
    return Format.segmentHeaderBytes
  }

  private func go(on reading: Reading) throws(JournalError) -> Int {
    switch reading {
    case .segment(let scan, let end): try go(on: scan, to: end)
    case .snapshot(let scan, let snapshot): try go(on: scan, of: snapshot)
    }
  }

  private func go(on scan: BlockScan, to end: LogPlace) throws(JournalError) -> Int {
    var scan = scan
    let start = scan.place.offset
    guard start < end.offset else {
      guard scan.place.head == end.head else {
        throw JournalError(.damaged, path: window.path, offset: start, "ends with another block than was written")
      }
      reading = nil
      return 0
    }
    guard case .block = try scan.next() else {
      throw JournalError(.damaged, path: window.path, offset: start, "a block is not what was written")
    }
    offset = scan.place.offset
    reading = .segment(scan, end: end)
    return offset - start
  }

  private func go(on scan: SnapshotScan, of snapshot: Manifest.Snapshot) throws(JournalError) -> Int {
    var scan = scan
    guard let body = try scan.next() else {
      try scan.checkEnd(of: snapshot)
      reading = nil
      return 0
    }
    offset += Format.chunkHeaderBytes + body.count
    reading = .snapshot(scan, snapshot)
    return body.count
  }
}
