/// What a simulated disk holds, and what is still on its way there. A value: a test keeps the one before each call.
///
/// Writes, truncations and changes of names wait until the file, or the directory, is synchronized. A loss of power
/// keeps any part of what waits, sector by sector, in no order that can be relied on.
struct DiskImage: Equatable {
  static let sectorBytes = 512

  enum Change: Equatable {
    case write(at: Int, [UInt8])
    case truncate(Int)
    case link(String, node: Int)
    case unlink(String)
    case rename(String, to: String, node: Int)
    case makeDirectory(String)
  }

  struct Pending: Equatable {
    /// The file or, by its path, the directory that must be synchronized.
    var node: Int?
    var directory: String?
    var change: Change
  }

  /// What is on the disk for certain.
  var durable = DiskContents()
  /// What the running system sees.
  var current = DiskContents()
  /// In the order made.
  var pending: [Pending] = []
  var nextNode = 0

  mutating func make(_ change: Change, node: Int? = nil, directory: String? = nil) {
    current.apply(change, node: node)
    pending.append(Pending(node: node, directory: directory, change: change))
  }

  /// Changes what the system sees, and nothing will ever reach the disk.
  mutating func show(_ change: Change, node: Int?) {
    current.apply(change, node: node)
  }

  /// Writes to the disk what nobody asked for there, as far as the file reaches: the system does not see it yet.
  mutating func strike(at offset: Int, _ bytes: [UInt8], node: Int?) {
    guard let node, let size = durable.files[node]?.count, offset >= 0, offset < size else { return }
    durable.apply(.write(at: offset, Array(bytes.prefix(size - offset))), node: node)
  }

  mutating func synchronize(node: Int) {
    for entry in pending where entry.node == node { durable.apply(entry.change, node: node) }
    pending.removeAll { $0.node == node }
  }

  mutating func synchronize(directory: String) {
    for entry in pending where entry.directory == directory { durable.apply(entry.change, node: nil) }
    pending.removeAll { $0.directory == directory }
  }

  /// The kernel gives up on what waits, and takes it for written.
  ///
  /// - Parameter isShown: whether it shows the new contents still, as ext4 and XFS do, or the old ones, as Btrfs does.
  mutating func lose(node: Int, isShown: Bool) {
    pending.removeAll { $0.node == node }
    if !isShown { current.files[node] = durable.files[node] }
  }

  /// The same disk after a new start of the machine in good order: all that waited has reached it.
  var afterSynchronizing: DiskImage {
    var image = self
    for piece in pending { image.durable.apply(piece.change, node: piece.node) }
    image.pending = []
    image.current = image.durable
    return image
  }

  /// The same disk after a loss of power.
  func afterPowerLoss(_ survival: Survival, _ random: inout SplitMix) -> DiskImage {
    var image = DiskImage()
    image.nextNode = nextNode
    image.durable = durable
    let pieces = pending.flatMap(\.sectors)
    let chosen = survival.choose(pieces, &random)
    for index in chosen.whole { image.durable.apply(pieces[index].change, node: pieces[index].node) }
    if let torn = chosen.torn, case .write(let offset, let bytes) = pieces[torn].change {
      let cut = random.below(bytes.count)
      image.durable.apply(.write(at: offset, Array(bytes[..<cut])), node: pieces[torn].node)
    }
    image.durable.dropUnreachable()
    image.current = image.durable
    return image
  }

  /// What of the waiting changes of a file reaches the disk though its flush fails.
  mutating func persistPart(node: Int, _ random: inout SplitMix) {
    for piece in pending.filter({ $0.node == node }).flatMap(\.sectors) where random.once(in: 3) {
      durable.apply(piece.change, node: node)
    }
  }
}

extension DiskImage.Pending {
  /// The change, sector by sector.
  fileprivate var sectors: [DiskImage.Pending] {
    guard case .write(let offset, let bytes) = change else { return [self] }
    var pieces: [DiskImage.Pending] = []
    var start = 0
    while start < bytes.count {
      let next = min(
        bytes.count, (offset + start) / DiskImage.sectorBytes * DiskImage.sectorBytes + DiskImage.sectorBytes - offset)
      pieces.append(
        DiskImage.Pending(node: node, directory: nil, change: .write(at: offset + start, Array(bytes[start..<next]))))
      start = next
    }
    return pieces
  }
}

/// Files and names.
struct DiskContents: Equatable {
  var files: [Int: [UInt8]] = [:]
  /// Full paths.
  var names: [String: Int] = [:]
  var directories: Set<String> = []

  mutating func apply(_ change: DiskImage.Change, node: Int?) {
    switch change {
    case .write(let offset, let bytes):
      guard let node, !bytes.isEmpty else { return }
      var content = files.removeValue(forKey: node) ?? []
      if content.count < offset + bytes.count {
        content += [UInt8](repeating: 0, count: offset + bytes.count - content.count)
      }
      content.withUnsafeMutableBytes { content in
        UnsafeMutableRawBufferPointer(rebasing: content[offset...]).copyBytes(from: bytes)
      }
      files[node] = content
    case .truncate(let size):
      guard let node else { return }
      var content = files.removeValue(forKey: node) ?? []
      if content.count > size {
        content.removeLast(content.count - size)
      } else {
        content += [UInt8](repeating: 0, count: size - content.count)
      }
      files[node] = content
    case .link(let path, let node):
      names[path] = node
    case .unlink(let path):
      names[path] = nil
    case .rename(let path, let newPath, let node):
      names[path] = nil
      names[newPath] = node
    case .makeDirectory(let path):
      directories.insert(path)
    }
  }

  /// What is in a directory that has no name is gone.
  mutating func dropUnreachable() {
    let parents = directories
    names = names.filter { parents.contains(SimulatedDisk.parent($0.key)) }
    directories = directories.filter { $0 == "/" || parents.contains(SimulatedDisk.parent($0)) }
  }

  /// The contents of a file by its path.
  subscript(path: String) -> [UInt8]? {
    get { names[path].map { files[$0] ?? [] } }
    set {
      if let newValue, let node = names[path] { files[node] = newValue } else { names[path] = nil }
    }
  }
}
