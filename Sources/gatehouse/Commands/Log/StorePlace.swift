internal import System

/// Where a store is to be put, or is: a directory, and what stands beside it while another is being made.
struct StorePlace {
  let path: String
  private let fileSystem = LinuxFileSystem()

  init(_ path: String) throws(CommandFailure) {
    self.path = PathText.trimmed(path)
    guard let last = self.path.split(separator: "/").last, last != ".", last != ".." else {
      throw CommandFailure(.usage, "\(path) has no name of its own: name the directory by it")
    }
  }

  /// The name of something beside it.
  func beside(_ suffix: String) -> String { "\(path).\(suffix)" }

  /// Refuses a directory that holds anything.
  func requireEmpty() throws(CommandFailure) {
    guard let first = try entries(of: path)?.min() else { return }
    throw CommandFailure(
      .failure, "\(path) is not empty, it holds \(first): nothing was changed",
      details: ["Name a directory that is empty or not there."])
  }

  /// nil when there is no such directory.
  private func entries(of path: String) throws(CommandFailure) -> [String]? {
    do throws(SystemError) {
      return try fileSystem.list(path)
    } catch {
      guard error.isNotFound else { throw CommandFailure(.diskFailure, "\(path): \(error)") }
      return nil
    }
  }

  /// Makes sure that a directory for unfinished work is not there: one that an interrupted command has left goes when
  /// that is confirmed.
  func clear(_ unfinished: String, isConfirmed: Bool, _ console: Console) throws(CommandFailure) {
    guard try entries(of: unfinished) != nil else { return }
    guard isConfirmed || console.confirms("\(unfinished) is left from an attempt that was interrupted. Remove it?")
    else {
      throw CommandFailure(
        .failure, "\(unfinished) is left from an attempt that was interrupted, or belongs to one under way",
        details: ["--yes removes it."])
    }
    TemporaryDirectory.remove(unfinished)
  }

  /// Gives what was made under another name this one, durably. The directory that has it must be empty.
  func take(_ made: String) throws(CommandFailure) {
    try run { () throws(SystemError) in
      try fileSystem.rename(made, to: path)
      try fileSystem.synchronizeDirectory(PathText.parent(of: path))
    }
  }

  /// Puts what was made in the place of the directory, which gets another name, durably. One of the two has this name
  /// at every moment, where the file system can exchange names.
  func take(_ made: String, keeping kept: String) throws(CommandFailure) {
    guard try entries(of: kept) == nil else { throw CommandFailure(.failure, "\(kept) is there already") }
    try run { () throws(SystemError) in
      if try exchanges(made) {
        try fileSystem.rename(made, to: kept)
      } else {
        try fileSystem.rename(path, to: kept)
        try fileSystem.rename(made, to: path)
      }
      try fileSystem.synchronizeDirectory(PathText.parent(of: path))
    }
  }

  /// - Returns: false when the file system cannot, and nothing was changed.
  private func exchanges(_ made: String) throws(SystemError) -> Bool {
    do throws(SystemError) {
      try fileSystem.exchange(made, path)
      return true
    } catch {
      guard error.isUnsupported else { throw error }
      return false
    }
  }

  private func run(_ body: () throws(SystemError) -> Void) throws(CommandFailure) {
    do throws(SystemError) {
      try body()
    } catch {
      throw CommandFailure(.diskFailure, "\(path): \(error)")
    }
  }
}

extension Console {
  /// Whether a person is there and says yes.
  func confirms(_ question: String) -> Bool {
    ["y", "yes"].contains(ask("\(question) [yes/no]")?.lowercased() ?? "")
  }
}
