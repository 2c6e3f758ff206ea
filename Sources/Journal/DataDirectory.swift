internal import System

/// A data directory: its path, and the file system that it is on.
struct DataDirectory: Sendable {
  let path: String
  let fileSystem: any FileSystem

  func path(of name: String) -> String { "\(path)/\(name)" }

  func open(_ name: String, _ mode: OpenMode) throws(JournalError) -> any File {
    try withPath(path(of: name)) { () throws(SystemError) in try fileSystem.open(path(of: name), mode) }
  }

  func list() throws(JournalError) -> [String] {
    try withPath(path) { () throws(SystemError) in try fileSystem.list(path) }
  }

  /// Bytes of a file; nil when it is not there.
  func size(of name: String) throws(JournalError) -> Int? {
    do throws(SystemError) {
      return try fileSystem.open(path(of: name), .read).size()
    } catch {
      guard error.isNotFound else { throw JournalError(error, path: path(of: name)) }
      return nil
    }
  }

  /// Removes a file, if it is there.
  func remove(_ name: String) throws(JournalError) {
    try withPath(path(of: name)) { () throws(SystemError) in try removeFile(path(of: name)) }
  }

  private func removeFile(_ path: String) throws(SystemError) {
    do {
      try fileSystem.remove(path)
    } catch {
      guard error.isNotFound else { throw error }
    }
  }

  /// Makes what was created, renamed and removed in it durable.
  func synchronize() throws(JournalError) {
    try withPath(path) { () throws(SystemError) in try fileSystem.synchronizeDirectory(path) }
  }

  /// Makes a file appear whole or not at all: under another name, synchronized, then renamed. The name is durable once
  /// the directory is synchronized.
  ///
  /// - Parameter fill: gives the file its contents.
  /// - Returns: the file, open to read and write.
  func make(_ name: String, fill: (any File) throws(SystemError) -> Void) throws(SystemError) -> any File {
    let target = path(of: name)
    let unfinished = target + FileName.unfinished
    try removeFile(unfinished)
    let file = try fileSystem.open(unfinished, .createNew)
    do {
      try fill(file)
      try file.synchronizeData()
      try fileSystem.rename(unfinished, to: target)
      return file
    } catch {
      // Of no use any more, and it may hold the room that is lacking. What counts is the error that came first.
      try? fileSystem.remove(unfinished)
      throw error
    }
  }
}
