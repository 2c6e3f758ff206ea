internal import System

/// Where the log stood when a snapshot was begun.
public struct SnapshotMark: Sendable {
  /// All that was appended up to here is part of the snapshot, and nothing behind it.
  public let position: Position
  /// The revision that it is true of.
  public let revision: UInt64
  /// The last block that was durable then.
  let place: LogPlace
  /// Bytes of log that had been written since the journal was opened, up to that block.
  let logBytes: Int
}

/// A snapshot that is being written: chunk after chunk into a file that does not count yet. Used by one thread at a
/// time.
public final class SnapshotDraft {
  /// Bytes written at a time, and synchronized before the next: so that a flush of the log that comes between waits for
  /// a few milliseconds of the disk's time at most.
  private static let stepBytes = 512 << 10

  public let mark: SnapshotMark
  private let directory: DataDirectory
  private let storeID: StoreID
  private let name: String
  private let file: any File
  private var chunks: UInt64 = 0
  private var chain: UInt64
  private var offset = 0
  private var unsynchronized = 0

  private var path: String { directory.path(of: name) }
  private var unfinishedName: String { name + FileName.unfinished }

  /// Begins the file.
  init(_ mark: SnapshotMark, storeID: StoreID, in directory: DataDirectory) throws(JournalError) {
    self.mark = mark
    self.directory = directory
    self.storeID = storeID
    name = FileName.snapshot(mark.place.head.sequence)
    try directory.remove(name + FileName.unfinished)
    file = try directory.open(name + FileName.unfinished, .createNew)
    var bytes = [UInt8](repeating: 0, count: Format.headerBytes)
    chain = bytes.withUnsafeMutableBytes { bytes in
      SnapshotHeader(storeID: storeID, revision: mark.revision, place: mark.place).encode(into: bytes)
      return ChainHash.value(of: UnsafeRawBufferPointer(bytes))
    }
    try write(bytes)
  }

  /// Bytes written so far.
  public var fileBytes: Int { offset }

  /// Adds a chunk: a part of an encoded message.
  ///
  /// - Precondition: at most ``Format/maximumBodyBytes``.
  public func append(_ body: UnsafeRawBufferPointer) throws(JournalError) {
    precondition(body.count <= Format.maximumBodyBytes, "recovery reads no longer chunks")
    try append(.body, body)
  }

  private func append(_ kind: ChunkHeader.Kind, _ body: UnsafeRawBufferPointer) throws(JournalError) {
    let header = ChunkHeader(
      kind: kind, number: chunks + 1, bodyBytes: body.count, previousChain: chain, bodyChecksum: CRC32C.checksum(body))
    var bytes = [UInt8](repeating: 0, count: Format.chunkHeaderBytes)
    chain = bytes.withUnsafeMutableBytes { bytes in
      header.encode(into: bytes)
      return ChainHash.value(of: UnsafeRawBufferPointer(bytes))
    }
    chunks += 1
    bytes.append(contentsOf: body)
    try write(bytes)
  }

  private func write(_ bytes: [UInt8]) throws(JournalError) {
    try withPath(path) { () throws(SystemError) in
      try file.write(bytes, at: offset)
      offset += bytes.count
      unsynchronized += bytes.count
      guard unsynchronized >= Self.stepBytes else { return }
      try file.synchronizeData()
      unsynchronized = 0
    }
  }

  /// Ends the file, makes it durable and reads it back from the disk: only then it gets its name.
  func finish() throws(JournalError) -> Manifest.Snapshot {
    try append(.end, UnsafeRawBufferPointer(start: nil, count: 0))
    try withPath(path) { () throws(SystemError) in
      try file.synchronize()
      file.forgetCached()
    }
    let snapshot = Manifest.Snapshot(
      place: mark.place, revision: mark.revision, fileBytes: offset, chunks: chunks, chain: chain,
      madeAt: WallClock.now())
    let window = FileWindow()
    window.open(file, path: directory.path(of: unfinishedName), fileBytes: offset)
    var scan = try SnapshotScan(window, storeID: storeID)
    try scan.finish(snapshot) { _ in }
    try withPath(path) { () throws(SystemError) in
      try directory.fileSystem.rename(directory.path(of: unfinishedName), to: path)
    }
    try directory.synchronize()
    return snapshot
  }

  /// Takes back what was written.
  public func abandon() {
    // What is left is removed by the next start.
    try? directory.remove(unfinishedName)
  }
}
