internal import CLinux
internal import Glibc

/// The file system of the running system.
public struct LinuxFileSystem: FileSystem {
  /// Files are read and written by their owner, and read by their group.
  private static let fileMode: mode_t = 0o640
  private static let directoryMode: mode_t = 0o750

  public init() {}

  public func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any File {
    let flags =
      switch mode {
      case .read: O_RDONLY
      case .readWrite: O_RDWR
      case .createNew: O_RDWR | O_CREAT | O_EXCL
      case .create: O_RDWR | O_CREAT
      case .directory: O_RDONLY | O_DIRECTORY
      }
    let number = try retryingOnInterrupt("open") { Glibc.open(path, flags | O_CLOEXEC, Self.fileMode) }
    return LinuxFile(owning: Descriptor(owning: number))
  }

  public func createDirectory(_ path: String) throws(SystemError) {
    guard mkdir(path, Self.directoryMode) == 0 else { throw .last("mkdir") }
  }

  public func list(_ path: String) throws(SystemError) -> [String] {
    guard let directory = opendir(path) else { throw .last("opendir") }
    defer { closedir(directory) }
    var names: [String] = []
    while true {
      // The only way to tell the end from a failure.
      errno = 0
      guard let entry = readdir(directory) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { name in
        name.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: name.pointee)) {
          String(cString: $0)
        }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    guard errno == 0 else { throw .last("readdir") }
    return names
  }

  public func rename(_ path: String, to newPath: String) throws(SystemError) {
    guard Glibc.rename(path, newPath) == 0 else { throw .last("rename") }
  }

  /// Exchanges two names, whatever they are of, at once; durable when the directories are synchronized. Some file
  /// systems cannot.
  public func exchange(_ path: String, _ other: String) throws(SystemError) {
    guard clinux_exchange(path, other) == 0 else { throw .last("renameat2") }
  }

  public func remove(_ path: String) throws(SystemError) {
    guard unlink(path) == 0 else { throw .last("unlink") }
  }

  public func link(_ path: String, to newPath: String) throws(SystemError) {
    guard Glibc.link(path, newPath) == 0 else { throw .last("link") }
  }
}
