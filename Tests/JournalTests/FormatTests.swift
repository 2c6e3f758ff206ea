internal import Testing

@testable import Journal
@testable import JournalProof

@Suite struct FormatTests {
  private let storeID = StoreID(high: 0x0011_2233_4455_6677, low: 0x8899_aabb_ccdd_eeff)

  private func encoded(_ count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) -> [UInt8] {
    var bytes = [UInt8](repeating: 0xAA, count: count)
    bytes.withUnsafeMutableBytes { body($0) }
    return bytes
  }

  private func flips(of bytes: [UInt8], _ body: ([UInt8]) -> Void) {
    for bit in 0..<bytes.count * 8 {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      body(changed)
    }
  }

  @Test func blockHeader() {
    let header = BlockHeader(
      storeID: storeID, segment: 3, offset: 8192, sequence: 17, firstRevision: 100, lastRevision: 120, recordCount: 25,
      bodyBytes: 5000, durableSequence: 16, durableEnd: 8192, previousChain: 0xfeed, bodyChecksum: 0xabcd)
    let bytes = encoded(Format.headerBytes) { header.encode(into: $0) }
    #expect(bytes.withUnsafeBytes { BlockHeader.read($0) } == .whole(header))
    #expect(Array(bytes[16..<32]) == storeID.bytes)
    #expect(Array(bytes[0..<8]) == Array("GATEBLCK".utf8))
    #expect(header.blockBytes == 8192)
    flips(of: bytes) { changed in
      #expect(changed.withUnsafeBytes { BlockHeader.read($0) } == .broken)
    }
    let zeros = [UInt8](repeating: 0, count: Format.headerBytes)
    #expect(zeros.withUnsafeBytes { BlockHeader.read($0) } == .absent)
  }

  @Test func aHeaderContinuesOnlyItsPlace() {
    let head = LogHead(sequence: 16, revision: 99, chain: 0xfeed)
    let place = BlockHeader.Place(storeID: storeID, segment: 3, offset: 8192, segmentBytes: 16384, head: head)
    let good = BlockHeader(
      storeID: storeID, segment: 3, offset: 8192, sequence: 17, firstRevision: 100, lastRevision: 120, recordCount: 25,
      bodyBytes: 5000, durableSequence: 16, durableEnd: 8192, previousChain: 0xfeed, bodyChecksum: 0)
    #expect(good.continues(place))
    let wrong: [(String, (inout BlockHeader) -> Void)] = [
      ("store", { $0.storeID = StoreID(high: 0, low: 1) }), ("segment", { $0.segment = 4 }),
      ("offset", { $0.offset = 4096 }),
      ("sequence", { $0.sequence = 18 }), ("first revision", { $0.firstRevision = 101 }),
      ("last revision before the first", { $0.lastRevision = 98 }),
      ("more events than records", { $0.recordCount = 20 }),
      ("attests itself", { $0.durableSequence = 17 }), ("chain", { $0.previousChain = 1 }),
      ("longer than the segment", { $0.bodyBytes = 8192 - 127 }), ("longest body", { $0.bodyBytes = .max }),
      ("last revision of all", { $0.lastRevision = .max }),
    ]
    for (what, change) in wrong {
      var header = good
      change(&header)
      #expect(!header.continues(place), "\(what)")
    }
  }

  @Test func segmentHeader() {
    let header = SegmentHeader(storeID: storeID, number: 9, fileBytes: 64 << 20)
    let bytes = encoded(Format.segmentHeaderBytes) { header.encode(into: $0) }
    func read(_ bytes: [UInt8]) -> SegmentHeader? {
      guard case .whole(let header) = bytes.withUnsafeBytes({ SegmentHeader.read($0) }) else { return nil }
      return header
    }
    #expect(read(bytes) == header)
    flips(of: bytes) { #expect(read($0) == nil) }
  }

  @Test func watermark() {
    let watermark = Watermark(storeID: storeID, sequence: 77, segment: 2, end: 12288)
    let bytes = encoded(Format.watermarkSlotBytes) { watermark.encode(into: $0) }
    func read(_ bytes: [UInt8]) -> Watermark? {
      guard case .whole(let watermark) = bytes.withUnsafeBytes({ Watermark.read($0) }) else { return nil }
      return watermark
    }
    #expect(read(bytes) == watermark)
    flips(of: bytes) { #expect(read($0) == nil) }
  }

  @Test func manifest() {
    var manifest = Manifest(new: storeID)
    func read(_ bytes: [UInt8]) -> Manifest? {
      guard case .whole(let manifest) = bytes.withUnsafeBytes({ Manifest.read($0) }) else { return nil }
      return manifest
    }
    #expect(read(encoded(4096) { manifest.encode(into: $0) }) == manifest)
    let first = LogHead(sequence: 4, revision: 10, chain: 5)
    manifest.segments = [
      Manifest.Segment(number: 1, fileBytes: 8192, state: .sealed, firstSequence: 1, end: 8192, head: first),
      Manifest.Segment(number: 2, fileBytes: 4096, state: .sealed, firstSequence: 5, end: 4096, head: first),
      Manifest.Segment(number: 4, fileBytes: 65536, state: .active, firstSequence: 5, end: 4096, head: first),
    ]
    let bytes = encoded(4096) { manifest.encode(into: $0) }
    #expect(read(bytes) == manifest)
    flips(of: Array(bytes[..<manifest.encodedBytes])) { changed in
      #expect(read(changed + bytes[manifest.encodedBytes...]) == nil)
    }
    let wrong: [(String, (inout Manifest) -> Void)] = [
      ("number twice", { $0.segments[1].number = 1 }), ("active before sealed", { $0.segments[0].state = .active }),
      ("gap", { $0.segments[1].firstSequence = 6 }), ("end beyond the file", { $0.segments[0].end = 12288 }),
      ("end off a page", { $0.segments[0].end = 8000 }), ("end within the header", { $0.segments[1].end = 0 }),
      ("blocks of an active segment", { $0.segments[2].head.sequence = 9 }),
      ("revision runs back", { $0.segments[2].head.revision = 9 }),
    ]
    for (what, change) in wrong {
      var changed = manifest
      change(&changed)
      #expect(read(encoded(4096) { changed.encode(into: $0) }) == nil, "\(what)")
    }
  }

  private static let place = LogPlace(
    segment: 1, offset: 8192, head: LogHead(sequence: 4, revision: 10, chain: 5))

  @Test func manifestWithSnapshots() {
    var manifest = Manifest(new: storeID)
    let head = Self.place.head
    manifest.segments = [
      Manifest.Segment(number: 1, fileBytes: 8192, state: .sealed, firstSequence: 1, end: 8192, head: head),
      Manifest.Segment(number: 2, fileBytes: 65536, state: .active, firstSequence: 5, end: 4096, head: head),
    ]
    let older = LogPlace(segment: 1, offset: 4096, head: LogHead(sequence: 0, revision: 0, chain: manifest.base.chain))
    manifest.snapshots = [
      Manifest.Snapshot(place: older, revision: 3, fileBytes: 200, chunks: 1, chain: 9, madeAt: 7),
      Manifest.Snapshot(place: Self.place, revision: 11, fileBytes: 300, chunks: 2, chain: 8, madeAt: 9),
    ]
    func read(_ bytes: [UInt8]) -> Manifest? {
      guard case .whole(let manifest) = bytes.withUnsafeBytes({ Manifest.read($0) }) else { return nil }
      return manifest
    }
    let bytes = encoded(4096) { manifest.encode(into: $0) }
    #expect(read(bytes) == manifest)
    flips(of: Array(bytes[..<manifest.encodedBytes])) { changed in
      #expect(read(changed + bytes[manifest.encodedBytes...]) == nil)
    }
    let wrong: [(String, (inout Manifest) -> Void)] = [
      ("of a segment that is not listed", { $0.snapshots[1].place.segment = 7 }),
      ("out of order", { $0.snapshots.swapAt(0, 1) }),
      ("true of less than its block", { $0.snapshots[1].revision = 9 }),
      ("off a page", { $0.snapshots[0].place.offset = 5000 }),
      ("beyond the end", { $0.snapshots[1].place.offset = 12288 }),
      ("another block at the end", { $0.snapshots[1].place.head.chain = 6 }),
      ("one too many", { $0.snapshots.append($0.snapshots[1]) }),
    ]
    for (what, change) in wrong {
      var changed = manifest
      change(&changed)
      #expect(read(encoded(4096) { changed.encode(into: $0) }) == nil, "\(what)")
    }
  }

  @Test func snapshotHeaders() {
    let header = SnapshotHeader(storeID: storeID, revision: 12, place: Self.place)
    let bytes = encoded(Format.headerBytes) { header.encode(into: $0) }
    func read(_ bytes: [UInt8]) -> SnapshotHeader? {
      guard case .whole(let header) = bytes.withUnsafeBytes({ SnapshotHeader.read($0) }) else { return nil }
      return header
    }
    #expect(read(bytes) == header)
    flips(of: bytes) { #expect(read($0) == nil) }
    let chunk = ChunkHeader(kind: .body, number: 3, bodyBytes: 77, previousChain: 5, bodyChecksum: 6)
    let chunkBytes = encoded(Format.chunkHeaderBytes) { chunk.encode(into: $0) }
    #expect(chunkBytes.withUnsafeBytes { ChunkHeader.read($0) } == chunk)
    flips(of: chunkBytes) { changed in #expect(changed.withUnsafeBytes { ChunkHeader.read($0) } == nil) }
    let long = ChunkHeader(
      kind: .body, number: 1, bodyBytes: Format.maximumBodyBytes + 1, previousChain: 0, bodyChecksum: 0)
    let longBytes = encoded(Format.chunkHeaderBytes) { long.encode(into: $0) }
    #expect(longBytes.withUnsafeBytes { ChunkHeader.read($0) } == nil, "nothing is allocated for it")
  }

  @Test func names() {
    #expect(FileName.snapshot(7) == "snapshot-00000000000000000007.snap")
    #expect(FileName.snapshotSequence(FileName.snapshot(.max)) == .max)
    #expect(
      FileName.snapshotSequence("snapshot-7.snap") == nil && FileName.snapshotSequence(FileName.segment(7)) == nil)
    #expect(FileName.segment(1) == "segment-00000000000000000001.log")
    #expect(FileName.segment(.max) == "segment-18446744073709551615.log")
    for number: UInt64 in [0, 1, 99, .max] { #expect(FileName.segmentNumber(FileName.segment(number)) == number) }
    for name in [
      "segment-1.log", "segment-.log", "segment-0000000000000000000a.log", "segment-00000000000000000001.tmp",
    ] {
      #expect(FileName.segmentNumber(name) == nil)
    }
  }

  @Test func recordsAreWalkedOver() {
    let events = Records.event(7, bytes: 30) + Records.event(0, bytes: 5) + Records.event(8, bytes: 300)
    func run(_ bytes: [UInt8], after revision: UInt64, limit: Int = .max) -> RecordRun? {
      bytes.withUnsafeBytes { RecordCursor.run(of: $0, after: revision, limit: limit) }
    }
    #expect(run(events, after: 6) == RecordRun(count: 3, events: 2, lastRevision: 8, bytes: events.count))
    #expect(run(events, after: 5) == nil)
    #expect(run(events, after: 6, limit: events.count - 1)?.count == 2)
    #expect(run([], after: 6) == RecordRun())
    for length in 1..<events.count {
      let cut = run(Array(events[..<length]), after: 6)
      #expect(cut == nil || cut?.bytes == length)
    }
    #expect(run([0x12, 0], after: 0) == nil)
  }
}
