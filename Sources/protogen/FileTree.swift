internal import System

/// The files below a folder, read and written whole.
struct FileTree {
  struct Failure: Error, CustomStringConvertible {
    var path: String
    var cause: SystemError

    var description: String { "\(path): \(cause)" }
  }

  /// No source file comes near; in bytes.
  private static let longestFile = 16 << 20

  private let fileSystem = LinuxFileSystem()
  var root: String

  init(root: String) {
    self.root = root
  }

  /// The paths, from the root, of the files whose names end with `suffix`, in order. Names that begin with a dot are
  /// passed over.
  func paths(endingWith suffix: String) throws(Failure) -> [String] {
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      let path = root + "/" + folder
      for name in try failing(path, { () throws(SystemError) in try fileSystem.list(path) }) where !name.hasPrefix(".")
      {
        if isFolder(path + name) {
          folders.append(folder + name + "/")
        } else if name.hasSuffix(suffix) {
          found.append(folder + name)
        }
      }
    }
    return found.sorted()
  }

  private func isFolder(_ path: String) -> Bool {
    (try? fileSystem.open(path, .directory)) != nil
  }

  /// The bytes of a file, or nil when there is none.
  func read(_ path: String) throws(Failure) -> [UInt8]? {
    let path = root + "/" + path
    do throws(SystemError) {
      return try InputFile.read(path, limit: Self.longestFile)
    } catch {
      if error.isNotFound { return nil }
      throw Failure(path: path, cause: error)
    }
  }

  /// Makes the folders that the path leads through where they are missing.
  func write(_ text: String, to path: String) throws(Failure) {
    var folder = root
    let names = path.split(separator: "/").dropLast()
    for depth in 0...names.count {
      folder = ([root] + names.prefix(depth).map(String.init)).joined(separator: "/")
      try failing(folder) { () throws(SystemError) in try fileSystem.createDirectoryIfMissing(folder) }
    }
    let path = root + "/" + path
    try failing(path) { () throws(SystemError) in
      let file = try fileSystem.open(path, .create)
      try file.resize(to: 0)
      try file.write(Array(text.utf8), at: 0)
    }
  }

  func remove(_ path: String) throws(Failure) {
    let path = root + "/" + path
    try failing(path) { () throws(SystemError) in try fileSystem.remove(path) }
  }

  /// Runs calls on a file, naming it in what they throw.
  private func failing<Result>(_ path: String, _ body: () throws(SystemError) -> Result) throws(Failure) -> Result {
    do {
      return try body()
    } catch {
      throw Failure(path: path, cause: error)
    }
  }
}
