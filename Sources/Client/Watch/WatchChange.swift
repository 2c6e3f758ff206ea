public import GatehouseAPI

/// What a ``Watch`` hands out.
public enum WatchChange: Equatable, Sendable {
  /// A snapshot follows: forget what you hold.
  ///
  /// - reason: why it begins again: a reason of the server's, or "INTERRUPTED"; empty the first time.
  case snapshotBegun(reason: String)
  /// One customer of the snapshot.
  case current(GatehouseV1.Customer)
  /// The snapshot is whole, and true of this revision.
  case snapshotComplete(revision: UInt64, customers: UInt64)
  case event(GatehouseV1.Event)
  /// Everything up to this revision was handed out, though nothing of it matched. Only where it is asked for.
  case progress(revision: UInt64)
}

/// What a ``Watch`` does when the history that it is in cannot be gone on with: compacted, or another store's.
public enum HistoryLoss: Sendable {
  /// It ends with the error.
  case end
  /// It begins again with a snapshot, and says why.
  case snapshot
}
