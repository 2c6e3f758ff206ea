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

  mutating func synchronize(node: Int) {
    for entry in pending where entry.node == node { durable.apply(entry.change, node: node) }
    pending.removeAll { $0.node == node }
  }

  mutating func synchronize(directory: String) {
    for entry in pending where entry.directory == directory { durable.apply(entry.change, node: nil) }
    pending.removeAll { $0.directory == directory }
  }

  /// The kernel gives up on what waits: it shows it still, and takes it for written.
  mutating func lose(node: Int) {
    pending.removeAll { $0.node == node }
  }

  /// The same disk after a new start of the process: what the system saw is there.
  var afterKill: DiskImage { self }

  /// The same disk after a loss of power.
  func afterPowerLoss(_ survival: Survival, _ random: inout SplitMix) -> DiskImage {
    var image = DiskImage()
    image.nextNode = nextNode
    image.durable = durable
    let pieces = pending.flatMap(\.sectors)
    let chosen = survival.choose(pieces.count, &random)
    for index in chosen.whole { image.durable.apply(pieces[index].change, node: pieces[index].node) }
    if let torn = chosen.torn, case .write(let offset, let bytes) = pieces[torn].change {
      let cut = random.below(bytes.count)
      image.durable.apply(.write(at: offset, Array(bytes[..<cut])), node: pieces[torn].node)
    }
    image.current = image.durable
    return image
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

/// Which of the waiting changes a loss of power leaves.
enum Survival {
  case none
  case all
  case prefix
  case subset
  /// A prefix, and a part of the sector behind it.
  case torn

  static let each: [Survival] = [.none, .all, .prefix, .subset, .torn]

  func choose(_ count: Int, _ random: inout SplitMix) -> (whole: [Int], torn: Int?) {
    switch self {
    case .none: return ([], nil)
    case .all: return (Array(0..<count), nil)
    case .prefix: return (Array(0..<random.below(count + 1)), nil)
    case .subset:
      // Sometimes nearly all, sometimes nearly nothing.
      let share = 1 + random.below(7)
      return ((0..<count).filter { _ in random.below(8) < share }, nil)
    case .torn:
      guard count > 0 else { return ([], nil) }
      let torn = random.below(count)
      return (Array(0..<torn), torn)
    }
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

  /// The contents of a file by its path.
  subscript(path: String) -> [UInt8]? {
    get { names[path].map { files[$0] ?? [] } }
    set {
      if let newValue, let node = names[path] { files[node] = newValue } else { names[path] = nil }
    }
  }
}

/// A small generator of random numbers with a seed (SplitMix64).
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// 0 to `bound` - 1; 0 for a bound of 0.
  mutating func below(_ bound: Int) -> Int {
    bound == 0 ? 0 : Int(next() % UInt64(bound))
  }
}
