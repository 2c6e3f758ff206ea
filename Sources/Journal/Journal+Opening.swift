internal import Synchronization
public import System

extension Journal {
  /// Opens the journal of a directory, or makes one in a directory that is empty or missing (its parent must be there).
  ///
  /// What it finds is verified whole before anything is written. A block that was torn by a crash, of which nobody was
  /// told, is set aside and cut, which the report tells; anything else that is not as it must be is refused, and then
  /// nothing on the disk has been changed.
  ///
  /// - Parameters:
  ///   - restore: given the newest snapshot that is whole, piece by piece, before the log behind it is replayed.
  ///   - replay: given each record's bytes, in order, notes included. A note may be part of the snapshot already. The
  ///     bytes are valid within the call. When opening fails, what was replayed is to be forgotten.
  /// - Throws: `inUse` when another process has the directory, `damaged`, `unsupported` or `refusedRecord` when its
  ///   contents are refused, `disk` or `noSpace` when the system fails.
  public static func open(
    directory path: String, fileSystem: some FileSystem = LinuxFileSystem(), options: JournalOptions = JournalOptions(),
    restore: (RestoredPiece) throws(ReplayError) -> Void,
    replay: (_ record: UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> (journal: Journal, report: RecoveryReport) {
    try open(path, fileSystem, options, from: .newestSnapshot, restore: restore, replay: replay)
  }

  /// Opens the journal and replays all of it: snapshots are passed over, and the log must reach back to its beginning.
  /// Otherwise as ``open(directory:fileSystem:options:restore:replay:)``.
  public static func open(
    directory path: String, fileSystem: some FileSystem = LinuxFileSystem(), options: JournalOptions = JournalOptions(),
    replay: (_ record: UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> (journal: Journal, report: RecoveryReport) {
    try open(
      path, fileSystem, options, from: .firstBlock, restore: { (_: RestoredPiece) throws(ReplayError) in },
      replay: replay)
  }

  static func open(
    _ path: String, _ fileSystem: some FileSystem, _ options: JournalOptions, from start: Recovery.Start,
    restore: Recovery.Restoring, replay: (UnsafeRawBufferPointer) throws(ReplayError) -> Void
  ) throws(JournalError) -> (journal: Journal, report: RecoveryReport) {
    checkSizes(options)
    let began = MonotonicClock.now()
    let directory = DataDirectory(path: path, fileSystem: fileSystem)
    try makeIfMissing(directory)
    let lock = try takeLock(directory)
    var names = try directory.list()
    let isNew = !names.contains(FileName.manifest) && Recovery.isUnused(names)
    if isNew {
      try synchronizeName(directory)
      _ = try ManifestFile.create(Manifest(options), in: directory)
      names = try directory.list()
    }
    let recovery = Recovery(directory)
    var survey = try recovery.survey(names, from: start, restore: restore, replay: replay)
    survey.report.isNew = isNew
    let storeID = survey.manifest.manifest.storeID
    let (writer, spares) = try recovery.settle(
      &survey, maker: SegmentMaker(directory: directory, storeID: storeID), options: options)
    try nameHolder(directory)
    let journal = Journal(
      directory, lock: lock, writer: writer, spares: spares, storeID: storeID, options: options,
      replayedBytes: survey.report.bytes)
    let report = survey.report
    journal.recovery.withLock { $0 = (report, (MonotonicClock.now() - began) / 1000) }
    return (journal, report)
  }

  /// The smallest segment holds its header and one page.
  private static func checkSizes(_ options: JournalOptions) {
    let smallest = Format.segmentHeaderBytes + Format.alignment
    precondition(
      options.firstSegmentBytes >= smallest && options.segmentBytes >= options.firstSegmentBytes
        && options.firstSegmentBytes % Format.alignment == 0 && options.segmentBytes % Format.alignment == 0,
      "segments are whole pages, at least two, and the first is no longer than the others")
  }

  private static func makeIfMissing(_ directory: DataDirectory) throws(JournalError) {
    do {
      _ = try directory.fileSystem.list(directory.path)
      return
    } catch {
      guard error.isNotFound else { throw JournalError(error, path: directory.path) }
    }
    try withPath(directory.path) { () throws(SystemError) in
      // Another start may be quicker at this: the lock tells which of the two has the directory.
      try directory.fileSystem.createDirectoryIfMissing(directory.path)
    }
  }

  /// Makes the name of the directory itself durable, whoever made it: an interrupted start may have.
  private static func synchronizeName(_ directory: DataDirectory) throws(JournalError) {
    do {
      try directory.fileSystem.synchronizeDirectory(PathText.parent(of: directory.path))
    } catch {
      // Who may not open the parent did not make the directory.
      guard error.isDenied else { throw JournalError(error, path: directory.path) }
    }
  }

  /// Locks the directory itself: that lock cannot be lost by removing or copying a file, and taking it changes nothing.
  static func takeLock(_ directory: DataDirectory) throws(JournalError) -> any File {
    let lock = try withPath(directory.path) { () throws(SystemError) in
      try directory.fileSystem.open(directory.path, .directory)
    }
    guard try withPath(directory.path, { () throws(SystemError) in try lock.tryLock() }) else {
      throw JournalError(.inUse, path: directory.path, "in use by \(holder(directory))")
    }
    return lock
  }

  /// Who has the directory, for the message.
  private static func holder(_ directory: DataDirectory) -> String {
    let unknown = "another process"
    guard let file = try? directory.open(FileName.lock, .read) else { return unknown }
    var digits: [UInt8] = Array(repeating: 0, count: 20)
    guard
      let count = try? digits.withUnsafeMutableBytes({ (bytes) throws(SystemError) in try file.read(into: bytes, at: 0)
      })
    else { return unknown }
    let text = String(
      decoding: digits[..<count].prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }, as: UTF8.self)
    return text.isEmpty ? unknown : "process \(text)"
  }

  /// Writes down who has the directory, now that it is known to be good. It need not be durable.
  private static func nameHolder(_ directory: DataDirectory) throws(JournalError) {
    let text = Array("\(CurrentProcess.id)\n".utf8)
    do throws(JournalError) {
      let file = try directory.open(FileName.lock, .create)
      try withPath(directory.path(of: FileName.lock)) { () throws(SystemError) in
        // In this order it needs no room where a name was written down before.
        try file.write(text, at: 0)
        try file.resize(to: text.count)
      }
    } catch {
      // The lock holds without it.
      guard error.kind == .noSpace else { throw error }
    }
  }
}

extension Manifest {
  /// The manifest of a new store.
  fileprivate init(_ options: JournalOptions) {
    self.init(new: options.storeID ?? .random())
    guard options.baseRevision > 0 else { return }
    // What comes before counts as one block that was let go: a start then asks for a snapshot.
    base.sequence = 1
    base.revision = options.baseRevision
  }
}
