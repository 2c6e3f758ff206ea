public import System

/// Holds a data directory as a server does, for a command that must not meet one. Given back when the last reference
/// goes.
public final class DirectoryLock: Sendable {
  private let file: any File

  /// - Throws: `inUse` when another process has the directory, `disk` when it cannot be opened.
  public init(directory path: String, fileSystem: some FileSystem) throws(JournalError) {
    file = try Journal.takeLock(DataDirectory(path: path, fileSystem: fileSystem))
  }
}
