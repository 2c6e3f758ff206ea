internal import Glibc
internal import System

@testable import Journal

/// A file system of values, for one thread: the production code runs on it unchanged.
final class SimulatedDisk: FileSystem, @unchecked Sendable {
  enum Call: Equatable {
    case open, createDirectory, list, rename, remove, pread, pwrite, fdatasync, fsync, fallocate, ftruncate, size, flock
  }

  enum Fault {
    /// The call fails and does nothing.
    case fail(Int32)
    /// The call does less than it was asked to.
    case short(Int)
    /// A flush fails, and the kernel takes what it did not write for written.
    case loseAndFail(Int32)
  }

  var image: DiskImage
  /// Called before each call that changes anything.
  var beforeChange: ((DiskImage) -> Void)?
  /// Asked at each call what goes wrong with it.
  var fault: ((Call, _ path: String) -> Fault?)?
  /// Bytes that files can have together.
  var capacity = Int.max
  /// Paths that are locked.
  fileprivate var locked: Set<String> = []

  init(_ image: DiskImage = SimulatedDisk.emptyImage) {
    self.image = image
  }

  /// With a root, in which the data directory is made.
  static let emptyImage: DiskImage = {
    var image = DiskImage()
    image.durable.directories.insert("/")
    image.current.directories.insert("/")
    return image
  }()

  fileprivate func begin(_ call: Call, _ path: String, node: Int? = nil) throws(SystemError) -> Int? {
    switch call {
    case .pwrite, .fdatasync, .fsync, .fallocate, .ftruncate, .rename, .remove, .createDirectory: beforeChange?(image)
    case .open, .list, .pread, .size, .flock: break
    }
    switch fault?(call, path) {
    case .fail(let code): throw SystemError(code: code, operation: "simulated")
    case .short(let count): return count
    case .loseAndFail(let code):
      if let node { image.lose(node: node) }
      throw SystemError(code: code, operation: "simulated")
    case nil: return nil
    }
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  var usedBytes: Int { image.current.files.values.reduce(0) { $0 + $1.count } }

  // MARK: FileSystem

  func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any File {
    _ = try begin(.open, path)
    if mode == .directory {
      guard image.current.directories.contains(path) else { throw SystemError(code: ENOENT, operation: "open") }
      return SimulatedFile(self, path: path, node: nil)
    }
    if let node = image.current.names[path] {
      guard mode != .createNew else { throw SystemError(code: EEXIST, operation: "open") }
      return SimulatedFile(self, path: path, node: node)
    }
    guard mode == .createNew || mode == .create, image.current.directories.contains(Self.parent(path)) else {
      throw SystemError(code: ENOENT, operation: "open")
    }
    beforeChange?(image)
    let node = image.nextNode
    image.nextNode += 1
    image.make(.link(path, node: node), directory: Self.parent(path))
    return SimulatedFile(self, path: path, node: node)
  }

  func createDirectory(_ path: String) throws(SystemError) {
    _ = try begin(.createDirectory, path)
    guard !image.current.directories.contains(path) else { throw SystemError(code: EEXIST, operation: "mkdir") }
    image.make(.makeDirectory(path), directory: Self.parent(path))
  }

  func list(_ path: String) throws(SystemError) -> [String] {
    _ = try begin(.list, path)
    guard image.current.directories.contains(path) else { throw SystemError(code: ENOENT, operation: "opendir") }
    let paths = Array(image.current.names.keys) + Array(image.current.directories)
    return paths.filter { $0 != path && Self.parent($0) == path }.map { String($0.dropFirst(path.utf8.count + 1)) }
  }

  func rename(_ path: String, to newPath: String) throws(SystemError) {
    _ = try begin(.rename, path)
    guard let node = image.current.names[path] else { throw SystemError(code: ENOENT, operation: "rename") }
    image.make(.rename(path, to: newPath, node: node), directory: Self.parent(path))
  }

  func remove(_ path: String) throws(SystemError) {
    guard image.current.names[path] != nil else { throw SystemError(code: ENOENT, operation: "unlink") }
    _ = try begin(.remove, path)
    image.make(.unlink(path), directory: Self.parent(path))
  }
}

/// An open file of a simulated disk.
final class SimulatedFile: File, @unchecked Sendable {
  private let disk: SimulatedDisk
  private let path: String
  /// nil for a directory.
  private let node: Int?
  private var hasLock = false

  init(_ disk: SimulatedDisk, path: String, node: Int?) {
    self.disk = disk
    self.path = path
    self.node = node
  }

  deinit {
    if hasLock { disk.locked.remove(path) }
  }

  private var content: [UInt8] { node.flatMap { disk.image.current.files[$0] } ?? [] }

  func pread(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    let limit = try disk.begin(.pread, path, node: node) ?? .max
    let content = content
    guard offset < content.count else { return 0 }
    let count = min(limit, buffer.count, content.count - offset)
    content.withUnsafeBytes { content in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: content[offset..<offset + count]))
    }
    return count
  }

  func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    let limit = try disk.begin(.pwrite, path, node: node) ?? .max
    let written = Array(UnsafeRawBufferPointer(rebasing: bytes[..<min(limit, bytes.count)]))
    let growth = max(0, offset + written.count - content.count)
    guard disk.usedBytes + growth <= disk.capacity else { throw SystemError(code: ENOSPC, operation: "pwrite") }
    disk.image.make(.write(at: offset, written), node: node)
    return written.count
  }

  func fdatasync() throws(SystemError) {
    _ = try disk.begin(.fdatasync, path, node: node)
    if let node { disk.image.synchronize(node: node) }
  }

  func fsync() throws(SystemError) {
    _ = try disk.begin(.fsync, path, node: node)
    if let node { disk.image.synchronize(node: node) } else { disk.image.synchronize(directory: path) }
  }

  func fallocate(_ size: Int) throws(SystemError) {
    _ = try disk.begin(.fallocate, path, node: node)
    guard disk.usedBytes + size - content.count <= disk.capacity else {
      throw SystemError(code: ENOSPC, operation: "fallocate")
    }
    disk.image.make(.truncate(max(size, content.count)), node: node)
  }

  func ftruncate(_ size: Int) throws(SystemError) {
    _ = try disk.begin(.ftruncate, path, node: node)
    disk.image.make(.truncate(size), node: node)
  }

  func size() throws(SystemError) -> Int {
    _ = try disk.begin(.size, path, node: node)
    return content.count
  }

  func flock() throws(SystemError) {
    _ = try disk.begin(.flock, path, node: node)
    guard !disk.locked.contains(path) else { throw SystemError(code: EWOULDBLOCK, operation: "flock") }
    disk.locked.insert(path)
    hasLock = true
  }
}
