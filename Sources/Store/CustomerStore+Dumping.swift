public import GatehouseAPI
public import Journal
internal import ProtobufWire
public import System

extension JournalRecord {
  /// The event as Watch shows it to the platform; nil for a note.
  public var event: GatehouseV1.Event? {
    guard customer != nil else { return nil }
    var writer = WireWriter(capacity: 1024)
    renderEvent(showingPrivate: true, into: &writer)
    return try? writer.withUnsafeBytes { (bytes) throws(WireError) in try GatehouseV1.Event(decoding: bytes) }
  }
}

extension CustomerStore {
  /// How long a write and its flush take at most while all is well, in microseconds.
  private static let pause: Int64 = 500_000

  /// Walks over the log of a directory without opening it; see `Journal.walk`.
  ///
  /// - Parameter record: given each record of the blocks that are to be read, decoded.
  public static func dump(
    directory: String, fileSystem: some FileSystem, from revision: UInt64, block: (LogBlock) -> BlockChoice,
    record: (JournalRecord) -> Void
  ) throws(JournalError) {
    try Journal.walk(
      directory: directory, fileSystem: fileSystem, from: revision,
      pause: { MonotonicClock.wait(microseconds: pause) }, block: block
    ) { (bytes) throws(ReplayError) in
      do throws(RecordError) {
        record(try JournalRecord(decoding: bytes))
      } catch {
        throw ReplayError("a record is not understood: \(error)")
      }
    }
  }
}
