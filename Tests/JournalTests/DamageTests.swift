internal import Glibc
internal import Testing

@testable import Journal
@testable import JournalProof

/// Damage to a small log: it is refused and nothing changed, or nothing is lost. `DamageSearchTests` do every damage that
/// there is to what was written; here is what else can happen to a directory.
@Suite struct DamageTests {
  /// A log of several segments on a simulated disk, all of it acknowledged.
  struct Log {
    var image: DiskImage
    var records: [Digest]
    /// The names of its segments, oldest first; the last is a spare.
    var segments: [String]

    static func path(_ name: String) -> String { "\(Workload.directory)/\(name)" }

    /// - Parameter isClosed: whether the journal was closed, or its process killed.
    init(isClosed: Bool, seed: UInt64 = 1) throws {
      let disk = SimulatedDisk()
      let workload = Workload(disk)
      var random = SplitMix(seed)
      try workload.open()
      workload.live(&random, flushes: 12, keeps: false)
      if isClosed { workload.close() } else { workload.abandon() }
      #expect(workload.acknowledged == workload.records.count)
      records = workload.records
      image = disk.image
      // What a kill leaves in the kernel's memory reaches the disk in time.
      for node in image.current.files.keys { image.synchronize(node: node) }
      image.synchronize(directory: Workload.directory)
      image.synchronize(directory: "/")
      segments = image.current.names.keys.map { String($0.dropFirst(Workload.directory.count + 1)) }
        .filter(FileName.looksLikeSegment).sorted()
    }

    /// The segment that was being written.
    var active: String { segments[segments.count - 2] }

    /// The same with the contents of a file changed.
    func changing(_ name: String, _ change: (inout [UInt8]) -> Void) -> DiskImage {
      var image = image
      guard var bytes = image.current[Self.path(name)] else { return image }
      change(&bytes)
      image.current[Self.path(name)] = bytes
      image.durable = image.current
      return image
    }
  }

  enum Outcome: Equatable {
    case servesAll
    case refuses(JournalError.Kind)
    /// Served something else, or changed the disk in refusing.
    case fails(String)
  }

  static func outcome(of image: DiskImage, expecting records: [Digest]) -> Outcome {
    let disk = SimulatedDisk(image)
    var replayed: [Digest] = []
    do throws(JournalError) {
      let opened = try Journal.open(directory: Workload.directory, fileSystem: disk, options: Workload.options) {
        replayed.append(Digest($0))
      }
      withExtendedLifetime(opened) {}
      return replayed == records ? .servesAll : .fails("serves \(replayed.count) of \(records.count) records")
    } catch {
      return disk.image == image ? .refuses(error.kind) : .fails("changed the disk and refused: \(error)")
    }
  }

  private func expectNoLoss(_ image: DiskImage, _ log: Log, _ what: @autoclosure () -> String) -> Bool {
    let outcome = Self.outcome(of: image, expecting: log.records)
    if case .fails(let how) = outcome { Issue.record("\(what()): \(how)") }
    return outcome != .servesAll
  }

  @Test func garbageBehindTheEndIsNoBlock() throws {
    let log = try Log(isClosed: false)
    var random = SplitMix(9)
    for _ in 0..<200 {
      let name = log.segments[random.below(log.segments.count)]
      let length = 1 + random.below(8192)
      let image = log.changing(name) { bytes in
        let start = random.below(bytes.count)
        for at in start..<min(bytes.count, start + length) { bytes[at] = UInt8(truncatingIfNeeded: random.next()) }
      }
      _ = expectNoLoss(image, log, "garbage in \(name)")
    }
    for length in [1, 511, 512, 4096, 65536] {
      for name in log.segments {
        let image = log.changing(name) { $0 += (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) } }
        #expect(expectNoLoss(image, log, "\(length) bytes behind \(name)"))
      }
    }
  }

  // MARK: Whole files

  @Test func aMissingSegmentIsRefusedAndAMissingSpareIsNot() throws {
    for isClosed in [true, false] {
      let log = try Log(isClosed: isClosed)
      #expect(log.segments.count >= 4)
      for name in log.segments {
        var image = log.image
        image.current.names[Log.path(name)] = nil
        let outcome = Self.outcome(of: image, expecting: log.records)
        #expect(outcome == (name == log.segments.last ? .servesAll : .refuses(.damaged)), "\(name)")
      }
    }
  }

  @Test func missingManifestOrWatermarkIsRefused() throws {
    let log = try Log(isClosed: true)
    for name in [FileName.manifest, FileName.watermark] {
      var image = log.image
      image.current.names[Log.path(name)] = nil
      #expect(Self.outcome(of: image, expecting: log.records) == .refuses(.damaged), "\(name)")
    }
    var image = log.image
    image.current.names[Log.path(FileName.lock)] = nil
    #expect(Self.outcome(of: image, expecting: log.records) == .servesAll)
  }

  @Test func copiedSwappedAndForeignSegmentsAreRefused() throws {
    let log = try Log(isClosed: true)
    var foreignOptions = Workload.options
    foreignOptions.storeID = StoreID(high: 1, low: 2)
    let foreignDisk = SimulatedDisk()
    _ = try Journal.open(directory: Workload.directory, fileSystem: foreignDisk, options: foreignOptions) { _ in }
    let foreign = try #require(foreignDisk.image.current[Log.path(FileName.segment(1))])
    for (index, name) in log.segments.enumerated() {
      let bytes = try #require(log.image.current[Log.path(name)])
      var copy = log.image
      copy.current.files[copy.nextNode] = bytes
      copy.current.names[Log.path(FileName.segment(UInt64(log.segments.count + 1)))] = copy.nextNode
      #expect(Self.outcome(of: copy, expecting: log.records) == .refuses(.damaged), "\(name) copied")

      #expect(
        Self.outcome(of: log.changing(name) { $0 = foreign }, expecting: log.records) == .refuses(.damaged),
        "\(name) foreign")
      for other in log.segments[(index + 1)...] {
        var swapped = log.image
        swapped.current.names[Log.path(name)] = log.image.current.names[Log.path(other)]
        swapped.current.names[Log.path(other)] = log.image.current.names[Log.path(name)]
        #expect(Self.outcome(of: swapped, expecting: log.records) == .refuses(.damaged), "\(name) and \(other)")
      }
    }
  }

  @Test func anUnknownVersionIsRefused() throws {
    let log = try Log(isClosed: true)
    // The version of each file's headers, its checksum made right again.
    let places = [
      (log.segments[0], 0, 124), (log.active, Format.segmentHeaderBytes, 124), (FileName.watermark, 0, 60),
      (FileName.watermark, Format.watermarkSlotDistance, 60), (log.segments.last ?? "", 0, 124),
    ]
    for (name, start, checksum) in places {
      let image = log.changing(name) { bytes in
        bytes[start + 8] = 2
        bytes.withUnsafeMutableBytes { bytes in
          MutableFieldBytes(alreadyIn: UnsafeMutableRawBufferPointer(rebasing: bytes[start...])).seal(at: checksum)
        }
      }
      #expect(Self.outcome(of: image, expecting: log.records) == .refuses(.unsupported), "\(name) at \(start)")
    }
  }

  @Test func aDirectoryOfSomethingElseIsNotTaken() throws {
    for names in [
      ["notes.txt"], ["segment-00000000000000000001.log"], ["WATERMARK"], ["LOCK", "quarantine-1"], ["MANIFEST.old"],
    ] {
      var image = SimulatedDisk.emptyImage
      image.current.directories.insert(Workload.directory)
      for (node, name) in names.enumerated() {
        image.current.names[Log.path(name)] = node
        image.nextNode = node + 1
      }
      #expect(Self.outcome(of: image, expecting: []) == .refuses(.damaged), "\(names)")
    }
    for names in [[], ["LOCK"], ["MANIFEST.tmp"], ["LOCK", "MANIFEST.tmp", "lost+found"]] {
      var image = SimulatedDisk.emptyImage
      image.current.directories.insert(Workload.directory)
      for (node, name) in names.enumerated() {
        image.current.names[Log.path(name)] = node
        image.nextNode = node + 1
      }
      #expect(Self.outcome(of: image, expecting: []) == .servesAll, "\(names)")
    }
  }
}
