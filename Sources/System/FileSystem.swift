internal import Glibc

/// How a file is opened.
public enum OpenMode: Sendable {
  /// An existing file, to read.
  case read
  /// An existing file, to read and write.
  case readWrite
  /// A file that must not exist yet, to read and write.
  case createNew
  /// A file that is made when it does not exist, to read and write.
  case create
  /// An existing directory, to lock it and to make its entries durable.
  case directory
}

/// The calls on directories and names that a durable log needs.
///
/// There are two of it: ``LinuxFileSystem``, and a disk made of values that tests crash at every call. Paths are
/// separated by `/`. Calls are made from any thread.
public protocol FileSystem: Sendable {
  /// Opens a file.
  ///
  /// - Throws: ENOENT when there is none, EEXIST when ``OpenMode/createNew`` finds one.
  func open(_ path: String, _ mode: OpenMode) throws(SystemError) -> any File
  /// Makes a directory; its parent must exist. EEXIST when there is one.
  func createDirectory(_ path: String) throws(SystemError)
  /// The names in a directory, without `.` and `..`, in no order.
  func list(_ path: String) throws(SystemError) -> [String]
  /// Gives a file another name, in place of the file that has it; durable when the directory is synchronized.
  func rename(_ path: String, to newPath: String) throws(SystemError)
  /// Takes a file's name away; durable when the directory is synchronized.
  func remove(_ path: String) throws(SystemError)
  /// Gives a file another name beside the one it has. EXDEV where the file system cannot.
  func link(_ path: String, to newPath: String) throws(SystemError)
}

extension FileSystem {
  /// Makes a directory unless there is one, whoever made it; its parent must exist.
  public func createDirectoryIfMissing(_ path: String) throws(SystemError) {
    do {
      try createDirectory(path)
    } catch {
      guard error.alreadyExists else { throw error }
    }
  }
}

/// An open file, as the kernel offers it: each call may do less than it was asked to.
///
/// Closed when the last reference goes. Offsets and sizes are bytes. Calls are made from any thread; whose bytes win
/// where two writes overlap is the callers' business.
public protocol File: AnyObject, Sendable {
  /// Reads at most `buffer.count` bytes; 0 at the end of the file.
  func pread(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int
  /// Writes at most `bytes.count` bytes.
  func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) -> Int
  /// Returns once the contents, and what is needed to read them back, are on the disk.
  func fdatasync() throws(SystemError)
  /// Returns once contents and metadata, or a directory's entries, are on the disk.
  func fsync() throws(SystemError)
  /// Reserves room for the whole file, which is then `size` bytes long.
  func fallocate(_ size: Int) throws(SystemError)
  func ftruncate(_ size: Int) throws(SystemError)
  func size() throws(SystemError) -> Int
  /// Takes the exclusive lock that lives as long as this open file; EWOULDBLOCK when somebody else has it.
  func flock() throws(SystemError)
  /// Lets the kernel forget what it holds of the file in memory, where it can, so that the next reading asks the disk.
  func forgetCached()
  /// Lets what is written from now on go to the disk past the kernel's memory, where the file system can: saves the
  /// copying and, in each flush, the kernel's own looking for what to write. For whoever writes whole pages, in memory
  /// and in the file, and reads nothing: addresses, offsets and lengths are multiples of 4096 bytes.
  func bypassCache()
}

extension FileSystem {
  public func link(_ path: String, to newPath: String) throws(SystemError) {
    throw SystemError(code: EXDEV, operation: "link")
  }
}

extension File {
  public func forgetCached() {}
  public func bypassCache() {}
}
