internal import Glibc

/// The files below a folder, read and written whole.
struct FileTree {
  struct Failure: Error, CustomStringConvertible {
    var operation: String
    var path: String
    var code: Int32

    var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
  }

  var root: String

  /// The paths, from the root, of the files whose names end with `suffix`, in order.
  func paths(endingWith suffix: String) throws(Failure) -> [String] {
    var found: [String] = []
    var folders = [""]
    while let folder = folders.popLast() {
      for entry in try entries(of: folder) {
        if entry.isFolder {
          folders.append(folder + entry.name + "/")
        } else if entry.name.hasSuffix(suffix) {
          found.append(folder + entry.name)
        }
      }
    }
    return found.sorted()
  }

  private func entries(of folder: String) throws(Failure) -> [(name: String, isFolder: Bool)] {
    let path = root + "/" + folder
    guard let directory = opendir(path) else { throw Failure(operation: "open", path: path, code: errno) }
    defer { closedir(directory) }
    var entries: [(name: String, isFolder: Bool)] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
          String(cString: $0)
        }
      }
      guard !name.hasPrefix(".") else { continue }
      entries.append((name, isFolder(path + name)))
    }
    return entries
  }

  private func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The bytes of a file, or nil when there is none.
  func read(_ path: String) throws(Failure) -> [UInt8]? {
    let path = root + "/" + path
    guard let file = fopen(path, "rb") else {
      if errno == ENOENT { return nil }
      throw Failure(operation: "open", path: path, code: errno)
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { bytes += chunk[..<count] }
    guard ferror(file) == 0 else { throw Failure(operation: "read", path: path, code: errno) }
    return bytes
  }

  func write(_ text: String, to path: String) throws(Failure) {
    _ = mkdir(root, 0o777)
    let path = root + "/" + path
    guard let file = fopen(path, "wb") else { throw Failure(operation: "open", path: path, code: errno) }
    let bytes = Array(text.utf8)
    let isWritten = fwrite(bytes, 1, bytes.count, file) == bytes.count
    guard fclose(file) == 0, isWritten else { throw Failure(operation: "write", path: path, code: errno) }
  }

  func remove(_ path: String) throws(Failure) {
    let path = root + "/" + path
    guard unlink(path) == 0 else { throw Failure(operation: "remove", path: path, code: errno) }
  }
}
