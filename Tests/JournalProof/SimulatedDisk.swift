internal import Glibc
internal import System

/// A file system of values, for one thread: the production code runs on it unchanged.
final class SimulatedDisk: FileSystem, @unchecked Sendable {
  enum Call: CaseIterable {
    case open, createDirectory, list, rename, remove, pread, pwrite, fdatasync, fsync, fallocate, ftruncate, size, flock
    /// An `open` that makes the file: asked about beside `open`.
    case create

    var changesAnything: Bool {
      switch self {
      case .pwrite, .fdatasync, .fsync, .fallocate, .ftruncate, .rename, .remove, .createDirectory, .create: true
      case .open, .list, .pread, .size, .flock: false
      }
    }

    var name: StaticString {
      switch self {
      case .open, .create: "open"
      case .createDirectory: "mkdir"
      case .list: "readdir"
      case .rename: "rename"
      case .remove: "unlink"
      case .pread: "pread"
      case .pwrite: "pwrite"
      case .fdatasync: "fdatasync"
      case .fsync: "fsync"
      case .fallocate: "fallocate"
      case .ftruncate: "ftruncate"
      case .size: "fstat"
      case .flock: "flock"
      }
    }
  }

  enum Fault {
    /// The call fails and does nothing.
    case fail(Int32)
    /// The call does less than it was asked to.
    case short(Int)
    /// A write does so much, and fails then.
    case failBehind(Int, Int32)
    /// A flush fails, and the kernel takes what it did not write for written; whether it shows it still depends on the
    /// file system. Some of it has reached the disk.
    case loseAndFail(Int32, isShown: Bool, seed: UInt64)
    /// The disk confirms a write and does nothing.
    case loseSilently
    /// The disk writes elsewhere in the file, so far behind where it should.
    case misdirect(by: Int)
    /// The disk writes there and, so far behind, once more.
    case duplicate(by: Int)
  }

  var image: DiskImage
  /// Called before each call that changes anything.
  var beforeChange: ((DiskImage) -> Void)?
  /// Asked at each call what goes wrong with it.
  var fault: ((Call, _ path: String) -> Fault?)?
  /// What other threads do when a call begins. Their own calls are sound, and nobody else comes between them.
  var meanwhile: ((Call, _ path: String) -> Void)?
  private var isMeanwhile = false
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

  /// - Returns: what goes wrong with the call, unless it simply fails.
  @discardableResult
  fileprivate func begin(_ call: Call, _ path: String, node: Int? = nil) throws(SystemError) -> Fault? {
    if let meanwhile, !isMeanwhile {
      isMeanwhile = true
      meanwhile(call, path)
      isMeanwhile = false
    }
    if call.changesAnything { beforeChange?(image) }
    switch isMeanwhile ? nil : fault?(call, path) {
    case .fail(let code): throw SystemError(code: code, operation: call.name)
    case .loseAndFail(let code, let isShown, let seed):
      if let node {
        var random = SplitMix(seed)
        image.persistPart(node: node, &random)
        image.lose(node: node, isShown: isShown)
      }
      throw SystemError(code: code, operation: call.name)
    case let other: return other
    }
  }

  static func parent(_ path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  var usedBytes: Int { image.current.files.values.reduce(0) { $0 + $1.count } }

  // MARK: FileSystem

  func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any File {
    try begin(.open, path)
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
    try begin(.create, path)
    let node = image.nextNode
    image.nextNode += 1
    image.make(.link(path, node: node), directory: Self.parent(path))
    return SimulatedFile(self, path: path, node: node)
  }

  func createDirectory(_ path: String) throws(SystemError) {
    try begin(.createDirectory, path)
    guard !image.current.directories.contains(path) else { throw SystemError(code: EEXIST, operation: "mkdir") }
    image.make(.makeDirectory(path), directory: Self.parent(path))
  }

  func list(_ path: String) throws(SystemError) -> [String] {
    try begin(.list, path)
    guard image.current.directories.contains(path) else { throw SystemError(code: ENOENT, operation: "opendir") }
    let prefix = path == "/" ? path : path + "/"
    func name(of path: String) -> String? {
      guard path.utf8.count > prefix.utf8.count, path.utf8.starts(with: prefix.utf8) else { return nil }
      let name = path.utf8.dropFirst(prefix.utf8.count)
      return name.contains(UInt8(ascii: "/")) ? nil : String(name)
    }
    return image.current.names.keys.compactMap(name) + image.current.directories.compactMap(name)
  }

  func rename(_ path: String, to newPath: String) throws(SystemError) {
    try begin(.rename, path)
    guard let node = image.current.names[path] else { throw SystemError(code: ENOENT, operation: "rename") }
    image.make(.rename(path, to: newPath, node: node), directory: Self.parent(path))
  }

  func remove(_ path: String) throws(SystemError) {
    guard image.current.names[path] != nil else { throw SystemError(code: ENOENT, operation: "unlink") }
    try begin(.remove, path)
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
  /// Whether whoever writes has promised whole pages, in memory and in the file.
  private var takesPages = false

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
    var limit = Int.max
    if case .short(let most) = try disk.begin(.pread, path, node: node) { limit = most }
    let content = content
    guard offset < content.count else { return 0 }
    let count = min(limit, buffer.count, content.count - offset)
    content.withUnsafeBytes { content in
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: content[offset..<offset + count]))
    }
    return count
  }

  func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    let isPages = Int(bitPattern: bytes.baseAddress) | offset | bytes.count
    precondition(!takesPages || isPages.isMultiple(of: 4096), "a disk refuses to be given parts of pages")
    let fault = try disk.begin(.pwrite, path, node: node)
    // What is left over takes the ordinary way, as `LinuxFile` has it.
    if fault != nil { takesPages = false }
    var limit = bytes.count
    switch fault {
    case .short(let count), .failBehind(let count, _): limit = min(limit, count)
    case nil, .fail, .loseAndFail, .loseSilently, .misdirect, .duplicate: break
    }
    let written = Array(UnsafeRawBufferPointer(rebasing: bytes[..<limit]))
    let growth = max(0, offset + written.count - content.count)
    guard disk.usedBytes + growth <= disk.capacity else { throw SystemError(code: ENOSPC, operation: "pwrite") }
    if written.count > 4096, let beforeChange = disk.beforeChange {
      // The process may be killed with half of it in the kernel's memory.
      var half = disk.image
      half.make(.write(at: offset, Array(written[..<(written.count / 8192 * 4096)])), node: node)
      beforeChange(half)
    }
    switch fault {
    case .loseSilently: disk.image.show(.write(at: offset, written), node: node)
    case .misdirect(let distance):
      disk.image.show(.write(at: offset, written), node: node)
      disk.image.strike(at: offset + distance, written, node: node)
    case .duplicate(let distance):
      disk.image.make(.write(at: offset, written), node: node)
      disk.image.strike(at: offset + distance, written, node: node)
    case nil, .short, .fail, .failBehind, .loseAndFail: disk.image.make(.write(at: offset, written), node: node)
    }
    if case .failBehind(_, let code) = fault { throw SystemError(code: code, operation: "pwrite") }
    return written.count
  }

  func bypassCache() { takesPages = true }

  func fdatasync() throws(SystemError) {
    try disk.begin(.fdatasync, path, node: node)
    if let node { disk.image.synchronize(node: node) }
  }

  func fsync() throws(SystemError) {
    try disk.begin(.fsync, path, node: node)
    if let node { disk.image.synchronize(node: node) } else { disk.image.synchronize(directory: path) }
  }

  func fallocate(_ size: Int) throws(SystemError) {
    try disk.begin(.fallocate, path, node: node)
    guard disk.usedBytes + size - content.count <= disk.capacity else {
      throw SystemError(code: ENOSPC, operation: "fallocate")
    }
    disk.image.make(.truncate(max(size, content.count)), node: node)
  }

  func ftruncate(_ size: Int) throws(SystemError) {
    try disk.begin(.ftruncate, path, node: node)
    disk.image.make(.truncate(size), node: node)
  }

  func size() throws(SystemError) -> Int {
    try disk.begin(.size, path, node: node)
    return content.count
  }

  func flock() throws(SystemError) {
    try disk.begin(.flock, path, node: node)
    guard !disk.locked.contains(path) else { throw SystemError(code: EWOULDBLOCK, operation: "flock") }
    disk.locked.insert(path)
    hasLock = true
  }
}
