internal import System

/// Which segments make up the log, and which snapshots stand for its beginning; ``Format`` has the layout.
struct Manifest: Equatable {
  static let magic: StaticString = "GATEMANI"

  struct Segment: Equatable {
    enum State: UInt32 {
      /// The one being written; the last of all.
      case active = 1
      case sealed = 2
    }

    var number: UInt64
    /// Bytes that the file has, or is to be cut to.
    var fileBytes: Int
    var state: State
    var firstSequence: UInt64
    /// Where the last block ends, in bytes from the start of the file.
    var end: Int
    /// The log behind the last block.
    var head: LogHead

    var hasBlocks: Bool { head.sequence >= firstSequence }
  }

  /// A snapshot that counts.
  struct Snapshot: Equatable {
    /// The block that the log goes on behind.
    var place: LogPlace
    /// What the snapshot is true of: no earlier than that block, and in the log.
    var revision: UInt64
    var fileBytes: Int
    var chunks: UInt64
    /// Chain value of the last chunk.
    var chain: UInt64
    /// When it was made, in Unix microseconds: for people.
    var madeAt: Int64

    var fileName: String { FileName.snapshot(place.head.sequence) }
  }

  /// How many snapshots are kept: should the newest turn out damaged, the one before serves.
  static let keptSnapshots = 2

  var storeID: StoreID
  /// Counts the versions of the manifest, from 1.
  var sequence: UInt64
  /// The log before the first segment.
  var base: LogHead
  /// Oldest first; all but the last are sealed.
  var segments: [Segment]
  /// Oldest first.
  var snapshots: [Snapshot]

  /// The manifest of a store that holds nothing yet.
  init(new storeID: StoreID) {
    self.storeID = storeID
    sequence = 1
    base = LogHead(sequence: 0, revision: 0, chain: ChainHash.genesis(storeID))
    segments = []
    snapshots = []
  }

  /// The log behind the last sealed segment.
  var sealedHead: LogHead {
    segments.last { $0.state == .sealed }?.head ?? base
  }

  var active: Segment? {
    segments.last.flatMap { $0.state == .active ? $0 : nil }
  }

  /// Bytes that it takes in a slot.
  var encodedBytes: Int { snapshotsOffset + snapshots.count * Format.snapshotEntryBytes }

  /// Where the entries of the snapshots begin.
  private var snapshotsOffset: Int { Format.headerBytes + segments.count * Format.manifestEntryBytes }

  /// Fills a slot. Precondition: it is large enough.
  func encode(into slot: UnsafeMutableRawBufferPointer) {
    let fields = MutableFieldBytes(clearing: slot, magic: Self.magic)
    fields.put(12, UInt32(slot.count))
    fields.put(16, storeID)
    fields.put(32, sequence)
    Features().encode(into: fields, at: 40)
    fields.put(64, UInt32(segments.count))
    fields.put(68, UInt32(Format.manifestEntryBytes))
    fields.put(72, UInt32(snapshots.count))
    fields.put(76, UInt32(snapshots.isEmpty ? 0 : Format.snapshotEntryBytes))
    fields.put(80, base.sequence)
    fields.put(88, base.revision)
    fields.put(96, base.chain)
    for (index, segment) in segments.enumerated() {
      let at = Format.headerBytes + index * Format.manifestEntryBytes
      fields.put(at, segment.number)
      fields.put(at + 8, UInt64(segment.fileBytes))
      fields.put(at + 16, segment.state.rawValue)
      fields.put(at + 24, segment.firstSequence)
      fields.put(at + 32, segment.head.sequence)
      fields.put(at + 40, UInt64(segment.end))
      fields.put(at + 48, segment.head.revision)
      fields.put(at + 56, segment.head.chain)
    }
    for (index, snapshot) in snapshots.enumerated() {
      snapshot.encode(into: fields, at: snapshotsOffset + index * Format.snapshotEntryBytes)
    }
    fields.put(120, FieldBytes(UnsafeRawBufferPointer(slot)).checksum(Format.headerBytes..<encodedBytes))
    fields.seal(at: 124)
  }

  /// Reads a slot.
  static func read(_ slot: UnsafeRawBufferPointer) -> HeaderReading<Manifest> {
    let fields = FieldBytes(slot)
    guard slot.count >= Format.headerBytes, fields.has(magic), fields.u32(124) == fields.checksum(0..<124) else {
      return .broken
    }
    guard fields.u32(8) == Format.version, Features(fields, at: 40).areKnown,
      fields.u32(68) == UInt32(Format.manifestEntryBytes), fields.isZero(104..<120),
      fields.u32(76) == UInt32(fields.u32(72) == 0 ? 0 : Format.snapshotEntryBytes)
    else { return .unknown }
    let count = Int(fields.u32(64))
    let snapshotCount = Int(fields.u32(72))
    let snapshotsOffset = Format.headerBytes + count * Format.manifestEntryBytes
    let end = snapshotsOffset + snapshotCount * Format.snapshotEntryBytes
    guard fields.u32(12) == UInt32(truncatingIfNeeded: slot.count), end <= slot.count,
      fields.u32(120) == fields.checksum(Format.headerBytes..<end)
    else { return .broken }
    var manifest = Manifest(new: fields.storeID(16))
    manifest.sequence = fields.u64(32)
    manifest.base = LogHead(sequence: fields.u64(80), revision: fields.u64(88), chain: fields.u64(96))
    manifest.segments.reserveCapacity(count)
    for index in 0..<count {
      guard let segment = segment(fields, at: Format.headerBytes + index * Format.manifestEntryBytes) else {
        return .broken
      }
      manifest.segments.append(segment)
    }
    for index in 0..<snapshotCount {
      guard let snapshot = Snapshot(fields, at: snapshotsOffset + index * Format.snapshotEntryBytes) else {
        return .broken
      }
      manifest.snapshots.append(snapshot)
    }
    return manifest.isConsistent ? .whole(manifest) : .broken
  }

  private static func segment(_ fields: FieldBytes, at offset: Int) -> Segment? {
    guard let state = Segment.State(rawValue: fields.u32(offset + 16)),
      let fileBytes = Int(exactly: fields.u64(offset + 8)),
      let end = Int(exactly: fields.u64(offset + 40))
    else { return nil }
    return Segment(
      number: fields.u64(offset), fileBytes: fileBytes, state: state, firstSequence: fields.u64(offset + 24), end: end,
      head: LogHead(
        sequence: fields.u64(offset + 32), revision: fields.u64(offset + 48), chain: fields.u64(offset + 56)))
  }

  /// Whether the segments follow each other as they must.
  private var isConsistent: Bool {
    var before = base
    var number: UInt64 = 0
    for (index, segment) in segments.enumerated() {
      let isLast = index == segments.count - 1
      guard segment.number > number, segment.state == .sealed || isLast, segment.end % Format.alignment == 0,
        segment.end >= Format.segmentHeaderBytes, segment.end <= segment.fileBytes,
        segment.firstSequence == before.sequence &+ 1, segment.head.sequence >= before.sequence,
        segment.head.revision >= before.revision,
        segment.hasBlocks == (segment.end > Format.segmentHeaderBytes), segment.hasBlocks || segment.head == before,
        segment.state == .sealed || !segment.hasBlocks
      else { return false }
      before = segment.head
      number = segment.number
    }
    return snapshots.count <= Self.keptSnapshots && snapshotsFit
  }

  /// Whether each snapshot lies within the segments, and behind the one before it.
  private var snapshotsFit: Bool {
    var sequence: UInt64?
    for snapshot in snapshots {
      guard sequence.map({ snapshot.place.head.sequence > $0 }) ?? true,
        snapshot.revision >= snapshot.place.head.revision,
        let segment = segments.first(where: { $0.number == snapshot.place.segment }), fits(snapshot.place, segment)
      else { return false }
      sequence = snapshot.place.head.sequence
    }
    return true
  }

  private func fits(_ place: LogPlace, _ segment: Segment) -> Bool {
    guard place.offset >= Format.segmentHeaderBytes, place.offset % Format.alignment == 0,
      place.head.sequence &+ 1 >= segment.firstSequence
    else { return false }
    guard segment.state == .sealed else { return place.offset <= segment.fileBytes }
    return place.offset == segment.end
      ? place.head == segment.head : place.offset < segment.end && place.head.sequence < segment.head.sequence
  }
}

extension Manifest.Snapshot {
  fileprivate func encode(into fields: MutableFieldBytes, at offset: Int) {
    fields.put(offset, place.head.sequence)
    fields.put(offset + 8, place.head.revision)
    fields.put(offset + 16, place.head.chain)
    fields.put(offset + 24, place.segment)
    fields.put(offset + 32, UInt64(place.offset))
    fields.put(offset + 40, revision)
    fields.put(offset + 48, UInt64(fileBytes))
    fields.put(offset + 56, chunks)
    fields.put(offset + 64, chain)
    fields.put(offset + 72, UInt64(bitPattern: madeAt))
  }

  fileprivate init?(_ fields: FieldBytes, at offset: Int) {
    guard let end = Int(exactly: fields.u64(offset + 32)), let fileBytes = Int(exactly: fields.u64(offset + 48)),
      fields.isZero(offset + 80..<offset + Format.snapshotEntryBytes)
    else { return nil }
    let head = LogHead(
      sequence: fields.u64(offset), revision: fields.u64(offset + 8), chain: fields.u64(offset + 16))
    place = LogPlace(segment: fields.u64(offset + 24), offset: end, head: head)
    revision = fields.u64(offset + 40)
    self.fileBytes = fileBytes
    chunks = fields.u64(offset + 56)
    chain = fields.u64(offset + 64)
    madeAt = Int64(bitPattern: fields.u64(offset + 72))
  }
}
