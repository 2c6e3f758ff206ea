public import Journal
public import System

/// The deliberate way on behind damage: what is whole of a data directory becomes a store of its own.
///
/// The new store has a new id: the revisions behind what was saved will be those of other events.
public struct StoreRepair: Sendable {
  /// What a start refuses the directory for.
  public let problem: JournalError
  public let salvage: LogSalvage

  /// What is found in a directory.
  public enum Finding: Sendable {
    /// A start would take it as it is.
    case sound(JournalVerification)
    case damaged(StoreRepair)
  }

  /// Reads a directory, which nobody may be writing to. Nothing is changed.
  ///
  /// - Throws: `damaged` when nothing of it can be saved; `unsupported` or `refusedRecord` when it is not understood,
  ///   which is no damage; `disk` when it cannot be read.
  public static func examine(
    directory: String, fileSystem: some FileSystem
  ) throws(JournalError) -> Finding {
    do throws(JournalError) {
      return .sound(try CustomerStore.verify(directory: directory, fileSystem: fileSystem))
    } catch {
      guard error.kind == .damaged else { throw error }
      let salvage = try LogSalvage(directory: directory, fileSystem: fileSystem)
      return .damaged(StoreRepair(problem: error, salvage: salvage))
    }
  }

  /// Writes what can be saved into a directory, which must be empty or missing. When this throws, what is there is no
  /// store.
  public func write(
    as storeID: StoreID, to directory: String, _ fileSystem: some FileSystem,
    options: JournalOptions = JournalOptions(), progress: (Int) -> Void = { _ in }
  ) throws(JournalError) -> RewrittenStore {
    try StoreRewriting(fragments: salvage.fragments, start: salvage.start, target: .everything)
      .write(to: directory, fileSystem, as: storeID, options, progress: progress).store
  }
}
