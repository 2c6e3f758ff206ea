"""Defects that write-ahead logs have shipped with, each of which can be switched on in a build for tests.

DEFECTS is the table: what each is, who had it, and what catches it here. SITES are the places in the sources where they
are put in. No defect is in the sources themselves: `run.py` puts all of them into a copy.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    number: int
    name: str
    origin: str
    # The search of JournalProof that finds it: tried first. The others are tried when it does not.
    search: str


@dataclass(frozen=True)
class Site:
    """`text` stands exactly once in `file`; `mutated` stands there instead, and asks `SeededDefect` at run time."""

    file: str
    text: str
    mutated: str


DEFECTS = [
    Defect(1, "acknowledged before fdatasync", "etcd #14370, NATS", "crashes"),
    Defect(2, "no directory fsync after rename", "etcd #6368", "crashes"),
    Defect(3, "no directory fsync after create", "ALICE, OSDI '14", "crashes"),
    Defect(4, "fsync tried again after EIO", "PostgreSQL before 2019", "faults"),
    Defect(5, "result of fsync ignored", "Redis #8111", "faults"),
    Defect(6, "checksum leaves out the length; a length that leads nowhere ends the log", "etcd", "damage"),
    Defect(7, "a zero header ends the log, what follows is wiped", "etcd, RocksDB #12488", "damage"),
    Defect(8, "a wrong checksum ends the log", "SQLite, PostgreSQL, Pebble #453", "damage"),
    Defect(9, "any zero sector makes a torn tail", "etcd", "damage"),
    Defect(10, "watermark never advanced", "Pebble #6031", "damage"),
    Defect(11, "watermark written before the flush returned", "order of writes", "crashes"),
    Defect(12, "hole between segments replayed over", "Memgraph PR 4528, RocksDB #7701", "damage"),
    Defect(13, "stale block of a recycled segment accepted", "RocksDB recycled logs", "crashes"),
    Defect(15, "snapshot's place saved apart from its contents", "etcd #13766", "crashes"),
    Defect(16, "old snapshots deleted before the new one is durable", "order of writes", "crashes"),
    Defect(17, "log let go up to the newest snapshot, the one before is left without", "order of writes", "crashes"),
    Defect(18, "clean-up deletes what is not listed", "NATS #7556", "damage"),
    Defect(19, "a fresh store where the manifest is missing", "journal rule R21", "damage"),
    Defect(20, "lock lost when another descriptor is closed", "POSIX locks, SQLite", "crashes"),
    Defect(21, "short write taken for a full one", "classic", "crashes"),
    Defect(22, "EINTR taken for a failure, the block written twice", "classic", "crashes"),
    Defect(23, "limit of a block heeded in reading, not in writing", "etcd #14025", "limits"),
    Defect(25, "recovery cuts the tail before it has sealed it", "not idempotent", "crashes"),
    Defect(28, "an event shown before it is durable, its revision used again", "order of writes", "crashes"),
    Defect(30, "lack of room leaves the writer stuck", "etcd #3591", "space"),
    Defect(31, "reader's buffer not reset after an error", "Pebble #3865", "crashes"),
    Defect(32, "after a failed flush the page cache is served as durable", "ATC '20", "faults"),
    Defect(33, "length from the disk allocated before its check", "classic", "damage"),
    Defect(34, "block written while others still append to it", "classic", "crashes"),
    Defect(35, "a start removes what was let go before the manifest that says so is durable", "found here", "crashes"),
]

WRITER = "Sources/Journal/LogWriter.swift"
WHOLE = "Sources/System/File+Whole.swift"
SEGMENTS = "Sources/Journal/Recovery+Segments.swift"
SETTLING = "Sources/Journal/Recovery+Settling.swift"
SNAPSHOTS = "Sources/Journal/Journal+Snapshots.swift"
HEADER = "Sources/Journal/BlockHeader.swift"

SITES = [
    Site(
        WRITER,
        "        try active.file.write(block, at: offset)\n",
        """        try active.file.write(block, at: offset)
        if SeededDefect.isOn(11) {
          try? watermark.advance(to: header.sequence, segment: active.number, end: offset + header.blockBytes)
        }
        if SeededDefect.isOn(28) { index.add(header, chain: chain, isNew: true) }
""",
    ),
    Site(
        WRITER,
        "        try active.file.synchronizeData()\n",
        """        if !SeededDefect.isOn(1) {
          do throws(SystemError) {
            try active.file.synchronizeData()
          } catch {
            if SeededDefect.isOn(4) {
              try active.file.synchronizeData()
            } else if !SeededDefect.isOn(5) {
              throw error
            }
          }
        }
""",
    ),
    Site(
        WRITER,
        "    try watermark.advance(to: head.sequence, segment: active.number, end: offset)\n",
        "    if !SeededDefect.isOn(10) {\n"
        "      try watermark.advance(to: head.sequence, segment: active.number, end: offset)\n"
        "    }\n",
    ),
    Site(
        WRITER,
        "    index.add(header, chain: chain, isNew: true)\n",
        "    if !SeededDefect.isOn(28) { index.add(header, chain: chain, isNew: true) }\n",
    ),
    Site(
        WRITER,
        "      try writeBlock(buffer, start..<start + run.bytes, run)\n",
        """      do throws(JournalError) {
        try writeBlock(buffer, start..<start + run.bytes, run)
      } catch {
        guard SeededDefect.isOn(22) else { throw error }
        offset += Format.blockBytes(body: run.bytes)
        try writeBlock(buffer, start..<start + run.bytes, run)
      }
""",
    ),
    Site(
        WRITER,
        "      progress(start)\n",
        """      progress(start)
      if SeededDefect.isOn(1) {
        try withPath(directory.path) { () throws(SystemError) in try active.file.synchronizeData() }
      }
""",
    ),
    Site(
        WRITER,
        "body: min(buffer.bodyBytes - start, Format.maximumBodyBytes))",
        "body: min(buffer.bodyBytes - start, SeededDefect.isOn(23) ? .max : Format.maximumBodyBytes))",
    ),
    Site(
        WRITER,
        "let limit = min(Format.maximumBodyBytes, ",
        "let limit = min(SeededDefect.isOn(23) ? .max : Format.maximumBodyBytes, ",
    ),
    Site(
        "Sources/Journal/SegmentMaker.swift",
        "    try directory.synchronize()\n",
        "    if !SeededDefect.isOn(2) { try directory.synchronize() }\n",
    ),
    Site(
        "Sources/Journal/SegmentMaker.swift",
        "      if offset < fileBytes { try file.synchronizeData() }\n    }\n",
        """      if offset < fileBytes { try file.synchronizeData() }
    }
    if SeededDefect.isOn(13), number > 2,
      let old = try? directory.fileSystem.open(directory.path(of: FileName.segment(number - 2)), .read)
    {
      let count = min(fileBytes, try old.size()) - Format.segmentHeaderBytes
      let stale = UnsafeMutableRawBufferPointer.allocate(byteCount: max(0, count), alignment: 1)
      defer { stale.deallocate() }
      _ = try old.read(into: stale, at: Format.segmentHeaderBytes)
      try file.write(UnsafeRawBufferPointer(stale), at: Format.segmentHeaderBytes)
    }
""",
    ),
    Site(
        "Sources/Journal/Recovery.swift",
        "        if let first = ZeroRun.firstNonzero(",
        "        if !SeededDefect.isOn(13), let first = ZeroRun.firstNonzero(",
    ),
    Site(
        HEADER,
        "  func continues(_ place: Place) -> Bool {\n    isAt(place) && ",
        """  func continues(_ place: Place) -> Bool {
    if SeededDefect.isOn(13) {
      return storeID == place.storeID && offset == UInt64(place.offset)
        && bodyBytes <= UInt32(Format.maximumBodyBytes) && blockBytes <= place.segmentBytes - place.offset
    }
    return isAt(place) && """,
    ),
    Site(
        HEADER,
        "    fields.put(76, bodyBytes)\n",
        "    if !SeededDefect.isOn(6) { fields.put(76, bodyBytes) }\n",
    ),
    Site(
        HEADER,
        "    fields.seal(at: 124)\n",
        "    fields.seal(at: 124)\n    if SeededDefect.isOn(6) { fields.put(76, bodyBytes) }\n",
    ),
    Site(
        HEADER,
        "guard fields.u32(124) == fields.checksum(0..<124) else",
        "guard fields.u32(124) == Self.checksum(fields) else",
    ),
    Site(
        HEADER,
        "  static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {\n",
        """  private static func checksum(_ fields: FieldBytes) -> UInt32 {
    guard SeededDefect.isOn(6) else { return fields.checksum(0..<124) }
    var copy = Array(fields.bytes[..<124])
    for at in 76..<80 { copy[at] = 0 }
    return copy.withUnsafeBytes { CRC32C.checksum($0) }
  }

  static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
""",
    ),
    Site(
        "Sources/Journal/BlockScan.swift",
        "      guard header.continues(place) else {",
        """      if SeededDefect.isOn(6), header.isAt(place),
        Int(header.bodyBytes) > place.segmentBytes - start - Format.headerBytes
      {
        return .none(.absent)
      }
      guard header.continues(place) else {""",
    ),
    Site(
        "Sources/Journal/BlockScan.swift",
        "    switch BlockHeader.read(try window.bytes(start..<start + Format.headerBytes)) {\n    case .absent: return",
        """    if SeededDefect.isOn(33) {
      let count = FieldBytes(try window.bytes(start..<start + Format.headerBytes)).u32(76)
      let body = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(count) + 1, alignment: 1)
      body[Int(count)] = 1
      body.deallocate()
    }
    switch BlockHeader.read(try window.bytes(start..<start + Format.headerBytes)) {
    case .absent: return""",
    ),
    Site(
        "Sources/Journal/Recovery+Tail.swift",
        "    let tail = try TailScan(window, place: place, header: header, isAttested: isAttested)\n",
        """    if place.segmentBytes - place.offset >= Format.alignment {
      let page = try window.bytes(place.offset..<place.offset + Format.alignment)
      let hasZeroSector = stride(from: 0, to: Format.alignment, by: 512).contains {
        ZeroRun.isZero(UnsafeRawBufferPointer(rebasing: page[$0..<$0 + 512]))
      }
      let isTakenForTorn =
        SeededDefect.isOn(6) && header == .absent || SeededDefect.isOn(7) && header == .absent
        || SeededDefect.isOn(8) && (header == .broken || header == .fitting) || SeededDefect.isOn(9) && hasZeroSector
      if isTakenForTorn, !ZeroRun.isZero(page) {
        return Tail(end: place.offset, lastBlock: lastBlock, torn: place.offset..<place.offset + 512)
      }
    }
    let tail = try TailScan(window, place: place, header: header, isAttested: isAttested)
""",
    ),
    Site(
        SEGMENTS,
        "      guard scan.place.offset == end, scan.place.head == segment.head else {",
        """      if SeededDefect.isOn(12) { survey.head = segment.head }
      guard scan.place.offset == end && scan.place.head == segment.head || SeededDefect.isOn(12) else {""",
    ),
    Site(
        "Sources/Journal/Recovery.swift",
        "    return names.allSatisfy { leftovers.contains($0) }\n",
        "    return SeededDefect.isOn(19) || names.allSatisfy { leftovers.contains($0) }\n",
    ),
    Site(
        "Sources/Journal/Recovery.swift",
        "    for number in numbers {\n",
        """    for number in numbers {
      if SeededDefect.isOn(18) {
        try directory.remove(FileName.segment(number))
        continue
      }
""",
    ),
    Site(
        "Sources/Journal/Journal+Opening.swift",
        "      try synchronizeName(directory)\n",
        "      if !SeededDefect.isOn(3) { try synchronizeName(directory) }\n",
    ),
    Site(
        "Sources/Journal/Journal+Opening.swift",
        "      directory, lock: lock, ",
        "      directory, lock: SeededDefect.isOn(20) ? try directory.open(FileName.lock, .read) : lock, ",
    ),
    Site(
        SETTLING,
        "    if let torn = tail.torn {\n      let copy",
        """    if SeededDefect.isOn(25) {
      try withPath(directory.path(of: name)) { () throws(SystemError) in
        try segment.file.resize(to: tail.end)
        try segment.file.synchronize()
      }
    }
    if let torn = tail.torn {
      let copy""",
    ),
    Site(
        SETTLING,
        "    for name in survey.unfinished { try directory.remove(name) }\n",
        "    for name in survey.unfinished + (SeededDefect.isOn(35) ? survey.forgotten : []) {\n"
        "      try directory.remove(name)\n"
        "    }\n",
    ),
    Site(
        SETTLING,
        "    if let last = tail.lastBlock, ",
        "    if !SeededDefect.isOn(32), let last = tail.lastBlock, ",
    ),
    Site(
        SNAPSHOTS,
        "    try SnapshotDraft(mark, storeID: storeID, in: directory)\n",
        """    if SeededDefect.isOn(16) {
      for name in try directory.list() where FileName.snapshotSequence(name) != nil { try directory.remove(name) }
    }
    var mark = mark
    if SeededDefect.isOn(15) {
      mark = SnapshotMark(
        position: mark.position, revision: mark.revision, place: index.end, logBytes: mark.logBytes)
    }
    return try SnapshotDraft(mark, storeID: storeID, in: directory)
""",
    ),
    Site(
        "Sources/Journal/Journal+Retention.swift",
        "let needed = manifest.snapshots.first?.place.segment\n",
        "\n      let needed = (SeededDefect.isOn(17) ? manifest.snapshots.last : manifest.snapshots.first)?.place.segment\n",
    ),
    Site(
        "Sources/Journal/SpareShelf.swift",
        "        guard error.kind == .noSpace else { throw error }\n",
        """        guard error.kind == .noSpace else { throw error }
        if SeededDefect.isOn(30) { return }
""",
    ),
    Site(
        "Sources/Journal/Gathering.swift",
        "    defer { buffer = empty }\n",
        """    defer {
      if SeededDefect.isOn(34) { spare = empty } else { buffer = empty }
    }
""",
    ),
    Site(
        WHOLE,
        "        count += written\n      } catch {\n        guard error.isInterrupted else",
        """        count += SeededDefect.isOn(21) ? bytes.count - count : written
      } catch {
        guard error.isInterrupted, !SeededDefect.isOn(22) else""",
    ),
    Site(
        WHOLE,
        "  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {\n",
        """  public func read(into buffer: UnsafeMutableRawBufferPointer, at start: Int) throws(SystemError) -> Int {
    var offset = start
""",
    ),
    Site(
        WHOLE,
        """        count += read
      } catch {
        guard error.isInterrupted else { throw error }
""",
        """        count += read
      } catch {
        guard error.isInterrupted else { throw error }
        if SeededDefect.isOn(31) {
          offset += count
          count = 0
        }
""",
    ),
]

# What the sources ask. One in each module that has a site.
SWITCH = """internal import Glibc

/// Which defect is on: none, unless the environment names one.
enum SeededDefect {
  private static let number = getenv("GATEHOUSE_DEFECT").flatMap { Int(String(cString: $0)) } ?? 0

  static func isOn(_ other: Int) -> Bool { number == other }
}
"""
