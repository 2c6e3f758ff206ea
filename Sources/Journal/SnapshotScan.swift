internal import System

/// Reads a snapshot chunk by chunk, and holds it against what is known of it.
struct SnapshotScan {
  let window: FileWindow
  private(set) var header: SnapshotHeader
  /// Chunks read so far.
  private(set) var chunks: UInt64 = 0
  /// Chain value of the last of them, or of the file's header.
  private(set) var chain: UInt64
  private var offset = Format.headerBytes

  /// Begins with the file that the window is at.
  ///
  /// - Throws: `damaged` or `unsupported` when it is not a snapshot of this store that this program can read.
  init(_ window: FileWindow, storeID: StoreID) throws(JournalError) {
    self.window = window
    guard window.fileBytes >= Format.headerBytes else {
      throw JournalError(
        .damaged, path: window.path, "its size, \(window.fileBytes) bytes, is none that a snapshot has")
    }
    let bytes = try window.bytes(0..<Format.headerBytes)
    switch SnapshotHeader.read(bytes) {
    case .broken: throw JournalError(.damaged, path: window.path, offset: 0, "the header of the snapshot is damaged")
    case .unknown:
      throw JournalError(.unsupported, path: window.path, offset: 0, "a format that this version does not know")
    case .whole(let header):
      guard header.storeID == storeID else {
        throw JournalError(.damaged, path: window.path, offset: 0, "belongs to another store, \(header.storeID)")
      }
      self.header = header
    }
    chain = ChainHash.value(of: bytes)
  }

  /// The body of the next chunk, valid until the next call; nil at the end of the file.
  mutating func next() throws(JournalError) -> UnsafeRawBufferPointer? {
    guard window.fileBytes - offset >= Format.chunkHeaderBytes else { throw damage("the snapshot ends too early") }
    let start = try window.bytes(offset..<offset + Format.chunkHeaderBytes)
    guard let chunk = ChunkHeader.read(start), chunk.number == chunks &+ 1, chunk.previousChain == chain,
      chunk.bodyBytes <= window.fileBytes - offset - Format.chunkHeaderBytes
    else { throw damage("the header of a chunk is damaged") }
    let end = offset + Format.chunkHeaderBytes + chunk.bodyBytes
    let bytes = try window.bytes(offset..<end)
    let body = UnsafeRawBufferPointer(rebasing: bytes[Format.chunkHeaderBytes...])
    guard CRC32C.checksum(body) == chunk.bodyChecksum else { throw damage("a chunk is damaged") }
    chain = ChainHash.value(of: UnsafeRawBufferPointer(rebasing: bytes[..<Format.chunkHeaderBytes]))
    chunks = chunk.number
    offset = end
    switch chunk.kind {
    case .body: return body
    case .end:
      guard offset == window.fileBytes, chunk.bodyBytes == 0 else { throw damage("bytes behind the end") }
      return nil
    }
  }

  private func damage(_ what: String) -> JournalError {
    JournalError(.damaged, path: window.path, offset: offset, what)
  }
}

extension SnapshotScan {
  /// Opens the file of a snapshot that the manifest lists, and holds it against its entry.
  static func open(
    _ snapshot: Manifest.Snapshot, storeID: StoreID, in directory: DataDirectory, _ window: FileWindow
  ) throws(JournalError) -> SnapshotScan {
    let path = directory.path(of: snapshot.fileName)
    let file = try directory.open(snapshot.fileName, .read)
    let size = try withPath(path) { () throws(SystemError) in try file.size() }
    guard size == snapshot.fileBytes else {
      throw JournalError(.damaged, path: path, "is \(size) bytes long instead of \(snapshot.fileBytes)")
    }
    window.open(file, path: path, fileBytes: size)
    let scan = try SnapshotScan(window, storeID: storeID)
    guard scan.header.place == snapshot.place, scan.header.revision == snapshot.revision else {
      throw JournalError(.damaged, path: path, offset: 0, "is another snapshot than the manifest lists")
    }
    return scan
  }

  /// Reads on to the end.
  ///
  /// - Throws: `damaged` also when the file is whole and not the one that was listed.
  mutating func finish(
    _ snapshot: Manifest.Snapshot, chunk: (UnsafeRawBufferPointer) throws(JournalError) -> Void
  ) throws(JournalError) {
    while let body = try next() { try chunk(body) }
    try checkEnd(of: snapshot)
  }

  /// Holds what was read, to the end of the file, against the entry.
  func checkEnd(of snapshot: Manifest.Snapshot) throws(JournalError) {
    guard chunks == snapshot.chunks, chain == snapshot.chain else {
      throw JournalError(.damaged, path: window.path, "is another snapshot than the manifest lists")
    }
  }
}
