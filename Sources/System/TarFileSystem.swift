internal import Glibc

/// The files of a tar archive (POSIX ustar, and GNU's form of long sizes), as a file system that can only be read.
///
/// The folder that holds one named file is shown under the path of the archive itself: `/backups/b.tar/NAME` is the
/// entry NAME beside it, whatever the folder's own name is.
public struct TarFileSystem: FileSystem {
  /// Why a file is no archive that can be used.
  public struct Problem: Error, Equatable, CustomStringConvertible {
    /// Where in the archive, in bytes.
    public var offset: Int
    public var description: String
  }

  private struct Entry {
    var offset: Int
    var bytes: Int
  }

  private let path: String
  private let archive: any File
  /// By their names within the folder.
  private let entries: [String: Entry]

  /// Reads the headers of an archive.
  ///
  /// - Parameter landmark: the name of a file in the folder that is wanted.
  public static func open(_ path: String, folderOf landmark: String) throws(SystemError) -> Result<Self, Problem> {
    let archive = try LinuxFileSystem().open(path, .read)
    var headers = TarHeaders(archive, bytes: try archive.size())
    var found: [String: Entry] = [:]
    do throws(TarHeaders.Failure) {
      while let header = try headers.next() {
        // The last of one name counts, as with tar itself.
        found[header.name] = Entry(offset: header.offset, bytes: header.bytes)
      }
    } catch {
      switch error {
      case .system(let error): throw error
      case .problem(let problem): return .failure(problem)
      }
    }
    let folders = found.keys.filter { $0 == landmark || $0.hasSuffix("/" + landmark) }.map {
      $0.dropLast(landmark.count)
    }
    guard let folder = folders.min(by: { $0.utf8.count < $1.utf8.count }) else {
      return .failure(Problem(offset: 0, description: "holds no \(landmark)"))
    }
    let inside = found.filter { $0.key.hasPrefix(folder) && !$0.key.dropFirst(folder.count).contains("/") }
    let entries = Dictionary(uniqueKeysWithValues: inside.map { (String($0.key.dropFirst(folder.count)), $0.value) })
    return .success(TarFileSystem(path: path, archive: archive, entries: entries))
  }

  public func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any File {
    guard mode == .read else { throw SystemError(code: EROFS, operation: "open") }
    guard path.hasPrefix(self.path + "/"), let entry = entries[String(path.dropFirst(self.path.utf8.count + 1))] else {
      throw SystemError(code: ENOENT, operation: "open")
    }
    return TarFile(archive, offset: entry.offset, bytes: entry.bytes)
  }

  public func list(_ path: String) throws(SystemError) -> [String] {
    guard path == self.path else { throw SystemError(code: ENOENT, operation: "opendir") }
    return Array(entries.keys)
  }

  public func createDirectory(_ path: String) throws(SystemError) {
    throw SystemError(code: EROFS, operation: "mkdir")
  }

  public func rename(_ path: String, to newPath: String) throws(SystemError) {
    throw SystemError(code: EROFS, operation: "rename")
  }

  public func remove(_ path: String) throws(SystemError) {
    throw SystemError(code: EROFS, operation: "unlink")
  }
}

/// A file within an archive.
private final class TarFile: File {
  private let archive: any File
  private let offset: Int
  private let bytes: Int

  init(_ archive: any File, offset: Int, bytes: Int) {
    self.archive = archive
    self.offset = offset
    self.bytes = bytes
  }

  func pread(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    guard offset < bytes else { return 0 }
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, bytes - offset)])
    return try archive.pread(wanted, at: self.offset + offset)
  }

  func size() throws(SystemError) -> Int { bytes }

  func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    throw SystemError(code: EROFS, operation: "pwrite")
  }

  func fdatasync() throws(SystemError) { throw SystemError(code: EROFS, operation: "fdatasync") }
  func fsync() throws(SystemError) { throw SystemError(code: EROFS, operation: "fsync") }
  func fallocate(_ size: Int) throws(SystemError) { throw SystemError(code: EROFS, operation: "fallocate") }
  func ftruncate(_ size: Int) throws(SystemError) { throw SystemError(code: EROFS, operation: "ftruncate") }
  func flock() throws(SystemError) { throw SystemError(code: EROFS, operation: "flock") }
}
