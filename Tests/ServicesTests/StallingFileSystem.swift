internal import System

/// The machine's file system, with a disk that can be made to stop: flushes then wait until it goes on.
struct StallingFileSystem: FileSystem {
  struct Gate {
    var isClosed = false
    /// The files whose flushes wait, by the paths that they were opened with.
    var waiting: [String] = []
  }

  private let base = LinuxFileSystem()
  let gate = Monitor(Gate())

  func stall() {
    gate.withLock { $0.isClosed = true }
  }

  func goOn() {
    gate.withLock { $0.isClosed = false }
    gate.broadcast()
  }

  /// Returns when a flush of a file waits whose path has this in it.
  func awaitFlush(of name: String) {
    gate.wait { gate in gate.waiting.contains { $0.contains(name) } ? () : nil }
  }

  func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any File {
    StallingFile(base: try base.open(path, mode), path: path, gate: gate)
  }

  func createDirectory(_ path: String) throws(SystemError) { try base.createDirectory(path) }
  func list(_ path: String) throws(SystemError) -> [String] { try base.list(path) }
  func rename(_ path: String, to newPath: String) throws(SystemError) { try base.rename(path, to: newPath) }
  func remove(_ path: String) throws(SystemError) { try base.remove(path) }
}

private final class StallingFile: File {
  private let base: any File
  private let path: String
  private let gate: Monitor<StallingFileSystem.Gate>

  init(base: any File, path: String, gate: Monitor<StallingFileSystem.Gate>) {
    self.base = base
    self.path = path
    self.gate = gate
  }

  private func pass() {
    gate.withLock { $0.waiting.append(path) }
    gate.broadcast()
    gate.wait { $0.isClosed ? nil : () }
    gate.withLock { gate in gate.waiting.removeAll { $0 == path } }
  }

  func fdatasync() throws(SystemError) {
    pass()
    try base.fdatasync()
  }

  func fsync() throws(SystemError) {
    pass()
    try base.fsync()
  }

  func pread(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    try base.pread(buffer, at: offset)
  }
  func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    try base.pwrite(bytes, at: offset)
  }
  func fallocate(_ size: Int) throws(SystemError) { try base.fallocate(size) }
  func ftruncate(_ size: Int) throws(SystemError) { try base.ftruncate(size) }
  func size() throws(SystemError) -> Int { try base.size() }
  func flock() throws(SystemError) { try base.flock() }
  func bypassCache() { base.bypassCache() }
}
