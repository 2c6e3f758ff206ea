internal import System

/// The manifest and the watermark of a backup: those of a log that ends at one place and was left in good order, every
/// segment sealed. They follow from the place alone, so that a backup that is gone on with has the same.
struct BackupComposition {
  let manifest: Manifest
  let watermark: Watermark

  /// - Parameters:
  ///   - present: a manifest that lists the segment of `end`.
  ///   - end: where the backup ends: behind a durable block.
  ///   - snapshot: which of the snapshots it holds, if any.
  init(of present: Manifest, endingAt end: LogPlace, with snapshot: Manifest.Snapshot?) {
    var manifest = Manifest(new: present.storeID)
    manifest.base = present.base
    manifest.segments = present.segments.filter { $0.number <= end.segment }
    for index in manifest.segments.indices {
      if manifest.segments[index].number == end.segment {
        manifest.segments[index].end = end.offset
        manifest.segments[index].head = end.head
      }
      // Nothing but zeros is behind the last block: it need not be copied.
      manifest.segments[index].state = .sealed
      manifest.segments[index].fileBytes = manifest.segments[index].end
    }
    manifest.snapshots = snapshot.map { [$0] } ?? []
    self.manifest = manifest
    let last = manifest.segments.last { $0.hasBlocks }
    watermark = Watermark(
      storeID: manifest.storeID, sequence: end.head.sequence, segment: last?.number ?? 0, end: UInt64(last?.end ?? 0))
  }

  /// The file `MANIFEST`.
  var manifestBytes: [UInt8] {
    let slotBytes = ManifestFile.slotBytes(for: manifest)
    var bytes = [UInt8](repeating: 0, count: 2 * slotBytes)
    bytes.withUnsafeMutableBytes { manifest.encode(into: UnsafeMutableRawBufferPointer(rebasing: $0[..<slotBytes])) }
    return bytes
  }

  /// The file `WATERMARK`.
  var watermarkBytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: WatermarkFile.fileBytes)
    bytes.withUnsafeMutableBytes { bytes in
      for start in [0, Format.watermarkSlotDistance] {
        watermark.encode(
          into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + Format.watermarkSlotBytes]))
      }
    }
    return bytes
  }

  /// Every file, in order.
  var files: [BackupPlan.File] {
    [
      BackupPlan.File(name: FileName.manifest, bytes: 2 * ManifestFile.slotBytes(for: manifest)),
      BackupPlan.File(name: FileName.watermark, bytes: WatermarkFile.fileBytes),
    ]
      + manifest.snapshots.map { BackupPlan.File(name: $0.fileName, bytes: $0.fileBytes) }
      + manifest.segments.map { BackupPlan.File(name: FileName.segment($0.number), bytes: $0.end) }
  }

  /// The log before a segment of it.
  func head(before number: UInt64) -> LogHead {
    manifest.segments.last { $0.number < number }?.head ?? manifest.base
  }
}
