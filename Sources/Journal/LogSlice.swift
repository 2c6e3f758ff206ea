/// A stretch of the log: the events within it, in order.
public struct LogSlice: Sendable {
  public struct Event: Sendable {
    public var revision: UInt64
    /// Where the encoded record is in ``LogSlice/bytes``.
    public var range: Range<Int>
  }

  /// The records, back to back.
  public internal(set) var bytes: [UInt8] = []
  public internal(set) var events: [Event] = []

  public var isEmpty: Bool { events.isEmpty }

  /// The revision of the last event; nil when there is none.
  public var lastRevision: UInt64? { events.last?.revision }

  /// Hands out the record of one event.
  public func withRecord<Result, Failure: Error>(
    _ event: Event, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    // `Array.withUnsafeBytes` does not pass typed errors on.
    let result = bytes.withUnsafeBytes { bytes in
      Swift.Result { () throws(Failure) in try body(UnsafeRawBufferPointer(rebasing: bytes[event.range])) }
    }
    return try result.get()
  }

  mutating func append(_ record: RecordCursor.Record) {
    let start = bytes.count
    bytes.append(contentsOf: record.bytes)
    events.append(Event(revision: record.revision, range: start..<bytes.count))
  }
}
