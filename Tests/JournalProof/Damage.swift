/// One thing that is wrong with a reference log: a value that has a name, so that it can be asked for again.
enum Damage: Equatable {
  case flip(String, bit: Int)
  case cut(String, length: Int)
  case zero(String, sector: Int)
  /// Two sectors, or two pages, of one file have changed places.
  case swap(String, unit: Int, first: Int, second: Int)
  case delete(String)
  /// Two files have each other's contents.
  case exchange(String, String)
  /// A file lies under another name as well, in place of whatever had that name.
  case copy(String, to: String)
  /// A file has the contents that it had before, counted from the oldest.
  case stale(String, version: Int)
  /// A file has the contents of another store's of that name.
  case foreign(String)

  static let sectorBytes = 512
  static let pageBytes = 4096

  /// Whether there are so many of the kind that a share of them says most of what all do.
  var isOneOfMany: Bool {
    switch self {
    case .flip, .cut, .swap: true
    case .zero, .delete, .exchange, .copy, .stale, .foreign: false
    }
  }

  /// The file that it is done to.
  var file: String {
    switch self {
    case .flip(let file, _), .cut(let file, _), .zero(let file, _), .swap(let file, _, _, _), .delete(let file),
      .exchange(let file, _), .copy(let file, _), .stale(let file, _), .foreign(let file):
      file
    }
  }

  /// Whether the file has its size and is otherwise whole: what is wrong is at some place within it.
  var isWithinFile: Bool {
    switch self {
    case .flip, .zero, .swap: true
    case .cut, .delete, .exchange, .copy, .stale, .foreign: false
    }
  }

  /// All damage of every kind that changes anything, in a fixed order.
  static func forEach(of log: ReferenceLog, foreign: ReferenceLog, _ body: (Damage) -> Void) {
    for name in log.names {
      let bytes = log.bytes(of: name)
      for bit in 0..<8 * bytes.count { body(.flip(name, bit: bit)) }
      for length in 0..<bytes.count { body(.cut(name, length: length)) }
      forEachZeroedSector(of: name, bytes, body)
      forEachSwap(of: name, bytes, unit: sectorBytes, body)
      forEachSwap(of: name, bytes, unit: pageBytes, body)
      body(.delete(name))
      for version in log.earlier[name, default: []].indices { body(.stale(name, version: version)) }
      if foreign.names.contains(name), foreign.bytes(of: name) != bytes { body(.foreign(name)) }
    }
    for (index, segment) in log.segments.enumerated() {
      for other in log.segments[(index + 1)...] { body(.exchange(segment, other)) }
      if let next = FileNames.segment(behind: segment) { body(.copy(segment, to: next)) }
      if let last = log.segments.last.flatMap(FileNames.segment(behind:)) { body(.copy(segment, to: last)) }
    }
  }

  private static func forEachZeroedSector(of name: String, _ bytes: [UInt8], _ body: (Damage) -> Void) {
    for sector in 0..<bytes.count / sectorBytes
    where bytes[sector * sectorBytes..<(sector + 1) * sectorBytes].contains(where: { $0 != 0 }) {
      body(.zero(name, sector: sector))
    }
  }

  private static func forEachSwap(of name: String, _ bytes: [UInt8], unit: Int, _ body: (Damage) -> Void) {
    let count = bytes.count / unit
    for first in 0..<max(0, count - 1) {
      for second in first + 1..<count
      where bytes[first * unit..<(first + 1) * unit] != bytes[second * unit..<(second + 1) * unit] {
        body(.swap(name, unit: unit, first: first, second: second))
      }
    }
  }

  /// The disk of `log` with the damage done.
  func done(to log: ReferenceLog, foreign: ReferenceLog) -> DiskImage {
    var image = log.image
    switch self {
    case .flip(let name, let bit):
      image.current.change(ReferenceLog.path(name)) { $0[bit / 8] ^= 1 << UInt8(bit % 8) }
    case .cut(let name, let length):
      image.current.change(ReferenceLog.path(name)) { $0.removeLast($0.count - length) }
    case .zero(let name, let sector):
      image.current.change(ReferenceLog.path(name)) { bytes in
        for at in sector * Self.sectorBytes..<(sector + 1) * Self.sectorBytes { bytes[at] = 0 }
      }
    case .swap(let name, let unit, let first, let second):
      image.current.change(ReferenceLog.path(name)) { bytes in
        for at in 0..<unit { bytes.swapAt(first * unit + at, second * unit + at) }
      }
    case .delete(let name): image.current.names[ReferenceLog.path(name)] = nil
    case .exchange(let one, let other):
      image.current.put(log.bytes(of: one), at: ReferenceLog.path(other), &image.nextNode)
      image.current.put(log.bytes(of: other), at: ReferenceLog.path(one), &image.nextNode)
    case .copy(let name, let target):
      image.current.put(log.bytes(of: name), at: ReferenceLog.path(target), &image.nextNode)
    case .stale(let name, let version):
      image.current.put(log.earlier[name, default: []][version], at: ReferenceLog.path(name), &image.nextNode)
    case .foreign(let name):
      image.current.put(foreign.bytes(of: name), at: ReferenceLog.path(name), &image.nextNode)
    }
    image.durable = image.current
    return image
  }
}

extension Damage: CustomStringConvertible {
  /// The kind, the file, and numbers or another file, separated by colons.
  var description: String {
    switch self {
    case .flip(let file, let bit): "flip:\(file):\(bit)"
    case .cut(let file, let length): "cut:\(file):\(length)"
    case .zero(let file, let sector): "zero:\(file):\(sector)"
    case .swap(let file, let unit, let first, let second): "swap:\(file):\(unit):\(first):\(second)"
    case .delete(let file): "delete:\(file)"
    case .exchange(let file, let other): "exchange:\(file):\(other)"
    case .copy(let file, let target): "copy:\(file):\(target)"
    case .stale(let file, let version): "stale:\(file):\(version)"
    case .foreign(let file): "foreign:\(file)"
    }
  }

  /// - Returns: nil unless it is a description.
  init?(_ description: String) {
    let parts = description.split(separator: ":").map(String.init)
    guard parts.count >= 2 else { return nil }
    let numbers = parts.dropFirst(2).compactMap { Int($0) }
    switch (parts[0], parts.count, numbers.count) {
    case ("flip", 3, 1): self = .flip(parts[1], bit: numbers[0])
    case ("cut", 3, 1): self = .cut(parts[1], length: numbers[0])
    case ("zero", 3, 1): self = .zero(parts[1], sector: numbers[0])
    case ("swap", 5, 3): self = .swap(parts[1], unit: numbers[0], first: numbers[1], second: numbers[2])
    case ("delete", 2, 0): self = .delete(parts[1])
    case ("exchange", 3, 0): self = .exchange(parts[1], parts[2])
    case ("copy", 3, 0): self = .copy(parts[1], to: parts[2])
    case ("stale", 3, 1): self = .stale(parts[1], version: numbers[0])
    case ("foreign", 2, 0): self = .foreign(parts[1])
    default: return nil
    }
  }
}

extension DiskContents {
  /// Changes the contents of a file in place.
  fileprivate mutating func change(_ path: String, _ change: (inout [UInt8]) -> Void) {
    guard let node = names[path] else { return }
    change(&files[node, default: []])
  }

  /// Gives a name a file of its own with these contents.
  fileprivate mutating func put(_ bytes: [UInt8], at path: String, _ nextNode: inout Int) {
    files[nextNode] = bytes
    names[path] = nextNode
    nextNode += 1
  }
}
