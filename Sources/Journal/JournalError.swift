internal import System

/// Why a journal was not opened, or can no longer be used.
public struct JournalError: Error, Equatable, CustomStringConvertible {
  public enum Kind: Sendable {
    /// Another process has the directory.
    case inUse
    /// The log, or a file that belongs to it, is not what was written. Nothing was changed on the disk.
    case damaged
    /// The directory holds a format that this program does not know. Nothing was changed on the disk.
    case unsupported
    /// The journal is sound, but who replays it cannot make sense of a record. Nothing was changed on the disk.
    case refusedRecord
    /// The disk, or the system, failed.
    case disk
    /// There is no room for another file, or none may be made for now.
    case noSpace
  }

  public let kind: Kind
  /// The file or directory that it is about.
  public let path: String
  /// Where in the file, in bytes, when it is about one place.
  public let offset: Int?
  /// What is wrong, and what would be lost; without the path and the offset.
  public let detail: String

  public init(_ kind: Kind, path: String, offset: Int? = nil, _ detail: String) {
    self.kind = kind
    self.path = path
    self.offset = offset
    self.detail = detail
  }

  /// The failure of a call on a file.
  init(_ error: SystemError, path: String) {
    self.init(error.isNoSpace ? .noSpace : .disk, path: path, error.description)
  }

  public var description: String {
    guard let offset else { return "\(path): \(detail)" }
    return "\(path), offset \(offset): \(detail)"
  }
}

/// What a replaying store throws to refuse a record.
public struct ReplayError: Error, Equatable {
  public let detail: String

  public init(_ detail: String) {
    self.detail = detail
  }
}

/// Runs calls on a file, naming it in what they throw.
func withPath<Result>(_ path: @autoclosure () -> String, _ body: () throws(SystemError) -> Result) throws(JournalError)
  -> Result
{
  do {
    return try body()
  } catch {
    throw JournalError(error, path: path())
  }
}
