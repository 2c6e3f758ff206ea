internal import Glibc
internal import Journal
internal import Synchronization
internal import System

/// Fills the disk while the journal's threads run, and frees it again: meanwhile nothing fails and what is durable can
/// be read, and afterwards all that was appended becomes durable.
struct SpaceSearch {
  private(set) var cases = 0
  private(set) var violations: [String] = []
  /// How long a journal may take to notice that there is room, in nanoseconds: far more than it waits between two
  /// attempts, so that a machine under load is not taken for a journal that is stuck.
  private static let patience: UInt64 = 20_000_000_000

  mutating func run() {
    for code in [ENOSPC, EDQUOT] where violations.isEmpty {
      cases += 1
      do {
        if let objection = try objection(code) { violations.append("code \(code): \(objection)") }
      } catch {
        violations.append("code \(code): \(error)")
      }
    }
  }

  private func objection(_ code: Int32) throws -> String? {
    let directory = try TemporaryDirectory(prefix: "journal-space-")
    let disk = ScarceFileSystem(code: code)
    let path = directory.path + "/data"
    let failed = Monitor<JournalError?>(nil)
    var options = Workload.options
    options.onFailure = { error in
      failed.withLock { $0 = error }
    }
    let (journal, _) = try Journal.open(directory: path, fileSystem: disk, options: options) { _ in }
    let durable = Monitor(Position.start)
    try journal.start { position, _ in
      durable.withLock { $0 = position }
      durable.broadcast()
    }
    // One segment may have been made ahead; the next ones cannot be.
    disk.isFull.store(true, ordering: .sequentiallyConsistent)
    var revision: UInt64 = 0
    var last = Position.start
    while !journal.lacksSpace || journal.gatheredBytes == 0 {
      if let error = failed.withLock({ $0 }) { return "the journal failed: \(error)" }
      guard revision < 10_000 else { return "the disk is full, and nobody notices" }
      revision += 1
      last = Records.event(revision, bytes: 3000).withUnsafeBytes { journal.append($0) }
      // What is not held up by lack of room becomes durable first.
      let appended = last
      _ = durable.wait(deadline: MonotonicClock.now() + 100_000_000) { $0 >= appended ? true : nil }
    }
    guard try journal.record(at: 1) == Records.body(1, bytes: 3000) else { return "nothing can be read of a full disk" }
    disk.isFull.store(false, ordering: .sequentiallyConsistent)
    let awaited = last
    let goesOn = durable.wait(deadline: MonotonicClock.now() + Self.patience) { $0 >= awaited ? true : nil } ?? false
    guard goesOn else { return "there is room again, and nothing becomes durable" }
    journal.close()
    var replayed: UInt64 = 0
    try Journal.open(directory: path, options: options) { _ in replayed += 1 }.journal.close()
    return replayed == revision ? nil : "\(replayed) records recovered, \(revision) were acknowledged"
  }
}

/// The machine's file system, with room or without.
private final class ScarceFileSystem: FileSystem {
  let isFull = Atomic(false)
  private let code: Int32
  private let disk = LinuxFileSystem()

  init(code: Int32) {
    self.code = code
  }

  fileprivate func demandRoom() throws(SystemError) {
    guard !isFull.load(ordering: .sequentiallyConsistent) else { throw SystemError(code: code, operation: "fallocate") }
  }

  func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any File {
    ScarceFile(try disk.open(path, mode), self)
  }
  func createDirectory(_ path: String) throws(SystemError) { try disk.createDirectory(path) }
  func list(_ path: String) throws(SystemError) -> [String] { try disk.list(path) }
  func rename(_ path: String, to newPath: String) throws(SystemError) { try disk.rename(path, to: newPath) }
  func remove(_ path: String) throws(SystemError) { try disk.remove(path) }
}

private final class ScarceFile: File {
  private let file: any File
  private let disk: ScarceFileSystem

  init(_ file: any File, _ disk: ScarceFileSystem) {
    self.file = file
    self.disk = disk
  }

  func fallocate(_ size: Int) throws(SystemError) {
    try disk.demandRoom()
    try file.fallocate(size)
  }
  func pread(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    try file.pread(buffer, at: offset)
  }
  func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    try file.pwrite(bytes, at: offset)
  }
  func fdatasync() throws(SystemError) { try file.fdatasync() }
  func fsync() throws(SystemError) { try file.fsync() }
  func ftruncate(_ size: Int) throws(SystemError) { try file.ftruncate(size) }
  func size() throws(SystemError) -> Int { try file.size() }
  func flock() throws(SystemError) { try file.flock() }
  func bypassCache() { file.bypassCache() }
}
