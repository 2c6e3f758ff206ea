internal import GatehouseAPI
internal import ProtobufWire
internal import System

/// Files that a backup is written to, on the disk of this machine. What fails is a failure of the disk.
enum BackupFiles {
  private static let fileSystem = LinuxFileSystem()

  /// Runs calls on a path, naming it in what they throw.
  static func at<Result>(
    _ path: String, _ body: (LinuxFileSystem) throws(SystemError) -> Result
  ) throws(CommandFailure) -> Result {
    do throws(SystemError) {
      return try body(fileSystem)
    } catch {
      throw CommandFailure(.diskFailure, "the backup cannot be written: \(path): \(error)")
    }
  }

  /// The file at a path, made if it is not there, with nothing behind its first `bytes` bytes.
  static func open(_ path: String, keeping bytes: Int) throws(CommandFailure) -> any File {
    try at(path) { (system) throws(SystemError) in
      let file = try system.open(path, .create)
      try file.resize(to: bytes)
      return file
    }
  }

  /// The names in a directory; nil when there is none.
  static func names(in directory: String) throws(CommandFailure) -> [String]? {
    try at(directory) { (system) throws(SystemError) in
      do throws(SystemError) {
        return try system.list(directory)
      } catch {
        guard error.isNotFound else { throw error }
        return nil
      }
    }
  }

  static func exists(_ path: String) throws(CommandFailure) -> Bool {
    try at(path) { (system) throws(SystemError) in
      do throws(SystemError) {
        _ = try system.open(path, .read)
        return true
      } catch {
        guard error.isNotFound else { throw error }
        return false
      }
    }
  }

  static func rename(_ path: String, to newPath: String) throws(CommandFailure) {
    try at(newPath) { (system) throws(SystemError) in
      try system.rename(path, to: newPath)
      try system.synchronizeDirectory(PathText.parent(of: newPath))
    }
  }
}

/// Says, as long as a backup is not finished, where to go on with it: an encoded `gatehouse.v1.BackupRequest` behind
/// its CRC32C. What it counts as complete is on the disk.
struct BackupIndex {
  /// The longest index that is read, in bytes: of a plan of a million files.
  private static let longest = 64 << 20

  let path: String

  /// nil when there is none.
  func read() throws(CommandFailure) -> GatehouseV1.BackupRequest? {
    guard try BackupFiles.exists(path) else { return nil }
    let bytes = try BackupFiles.at(path) { (_) throws(SystemError) in try InputFile.read(path, limit: Self.longest) }
    guard bytes.count >= 4, Array(bytes[..<4]) == Self.checksum(bytes[4...]),
      let request = try? GatehouseV1.BackupRequest(decoding: Array(bytes[4...]))
    else { throw .backup(path, "is damaged: the backup cannot be gone on with", hint: "Remove it and begin anew.") }
    return request
  }

  /// Replaces it; durable when this returns.
  func write(_ request: GatehouseV1.BackupRequest) throws(CommandFailure) {
    let body = request.encoded()
    let unfinished = path + ".tmp"
    let file = try BackupFiles.open(unfinished, keeping: 0)
    try BackupFiles.at(unfinished) { (_) throws(SystemError) in
      try file.write(Self.checksum(body[...]) + body, at: 0)
      try file.synchronize()
    }
    try BackupFiles.rename(unfinished, to: path)
  }

  func remove() throws(CommandFailure) {
    try BackupFiles.at(path) { (system) throws(SystemError) in
      try system.remove(path)
      try system.synchronizeDirectory(PathText.parent(of: path))
    }
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let sum = bytes.withUnsafeBytes { CRC32C.checksum($0) }
    return (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * UInt32($0))) }
  }
}
