internal import GatehouseAPI
internal import Journal
public import Lifecycle
internal import ProtobufWire
internal import Synchronization

/// The records of one turn of the store, encoded as they go to the journal; immutable once made. Watchers, histories
/// and repeated calls read them from here while they are recent.
public final class RecordBatch: Sendable {
  /// The revisions of the first and the last event; both 0 when the batch holds notes only.
  public let firstRevision: UInt64
  public let lastRevision: UInt64
  private let bytes: WireWriter
  /// Where the body of each event's record lies in `bytes`, in the order of revisions.
  private let bodies: [Range<Int>]
  private let rendered = Mutex(Renderings())

  /// The same events, for those who see the private details of causes and for those who do not.
  private struct Renderings {
    var whole: RenderedEvents?
    var withoutPrivate: RenderedEvents?
  }

  init(bytes: consuming WireWriter, bodies: [Range<Int>], firstRevision: UInt64, lastRevision: UInt64) {
    self.bytes = bytes
    self.bodies = bodies
    self.firstRevision = firstRevision
    self.lastRevision = lastRevision
  }

  /// A batch of what the journal has kept; nil when there is no event in it.
  convenience init?(_ slice: borrowing LogSlice) {
    guard let first = slice.events.first?.revision, let last = slice.lastRevision else { return nil }
    var writer = WireWriter(capacity: slice.bytes.count)
    slice.bytes.withUnsafeBytes { writer.append($0) }
    self.init(bytes: writer, bodies: slice.events.map(\.range), firstRevision: first, lastRevision: last)
  }

  /// How many events it holds.
  var eventCount: Int { bodies.count }

  /// What the batch takes in memory, in bytes, about.
  var footprint: Int { bytes.count + bodies.count * MemoryLayout<Range<Int>>.stride + 256 }

  /// Lends all records, as elements of `gatehouse.journal.v1.Block.records`.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { bytes.withUnsafeBytes(body) }

  /// The record of a revision that the batch holds.
  func record(at revision: UInt64) throws(RecordError) -> JournalRecord {
    precondition(revision >= firstRevision && revision <= lastRevision)
    let range = bodies[Int(revision - firstRevision)]
    return try bytes.withUnsafeBytes { (bytes) throws(RecordError) in
      try JournalRecord(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  /// The batch's events as the API shows them. Rendered when first asked for, and once, however many ask.
  ///
  /// - Parameter showingPrivate: whether whoever asks has the platform role and sees the private details of causes.
  public func events(showingPrivate: Bool) throws(RecordError) -> RenderedEvents {
    let result = rendered.withLock { rendered -> Result<RenderedEvents, RecordError> in
      if let made = showingPrivate ? rendered.whole : rendered.withoutPrivate { return .success(made) }
      return Result { () throws(RecordError) in
        let made = try render(showingPrivate: showingPrivate)
        if showingPrivate { rendered.whole = made } else { rendered.withoutPrivate = made }
        return made
      }
    }
    return try result.get()
  }

  private func render(showingPrivate: Bool) throws(RecordError) -> RenderedEvents {
    var writer = WireWriter(capacity: bytes.count * 2)
    var events: [RenderedEvents.Event] = []
    events.reserveCapacity(bodies.count)
    for revision in firstRevision..<(firstRevision + UInt64(bodies.count)) {
      let record = try record(at: revision)
      guard let customer = record.customer else { throw .malformed }
      let start = writer.count
      writer.message(GatehouseV1.WatchResponse.Field.events) { writer in
        record.renderEvent(showingPrivate: showingPrivate, into: &writer)
      }
      events.append(
        RenderedEvents.Event(
          revision: revision,
          customer: customer.id,
          tenant: customer.tenant,
          from: record.from,
          to: customer.standing.state,
          bytes: start..<writer.count
        )
      )
    }
    return RenderedEvents(bytes: writer, events: events)
  }
}

/// Events as the API shows them: each an element of `gatehouse.v1.WatchResponse.events`, with what filters ask for.
public final class RenderedEvents: Sendable {
  /// What a filter needs to know of an event, and where it lies.
  public struct Event: Sendable {
    public var revision: UInt64
    public var customer: CustomerID
    public var tenant: String
    public var from: State?
    public var to: State
    public var bytes: Range<Int>
  }

  /// In the order of revisions, dense.
  public let events: [Event]
  private let bytes: WireWriter

  init(bytes: consuming WireWriter, events: [Event]) {
    self.bytes = bytes
    self.events = events
  }

  /// Lends the bytes of a range taken from `events`.
  public func withBytes<R>(_ range: Range<Int>, _ body: (UnsafeRawBufferPointer) -> R) -> R {
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }
}
