internal import System

/// A segment that is made and not used yet: all zero behind its header, listed nowhere.
struct SpareSegment: Sendable {
  var number: UInt64
  var fileBytes: Int
  var file: any File
}

/// Makes segments.
struct SegmentMaker: Sendable {
  let directory: DataDirectory
  let storeID: StoreID

  /// Bytes written at a time, and synchronized before the next: so that a flush of the log that comes between waits for
  /// a millisecond of the disk's time at most, and nobody long for a processor that copies zeros, where the file system
  /// must have them copied.
  private static let stepBytes = 512 << 10

  /// Makes a segment, whole and durable, name included. What it left when it fails is never taken for one.
  ///
  /// - Precondition: `fileBytes` is a multiple of 4096 and more than that.
  func make(_ number: UInt64, fileBytes: Int) throws(JournalError) -> SpareSegment {
    let name = FileName.segment(number)
    let file: any File
    do throws(SystemError) {
      file = try directory.make(name) { (file) throws(SystemError) in
        try file.reserve(fileBytes)
        file.bypassCache()
        try fill(file, number: number, fileBytes: fileBytes)
      }
    } catch {
      // Nothing is in flight here, so whatever may pass is waited for. On a segment in use all of it is fatal.
      let kind: JournalError.Kind = error.keepsFilesFromBeingMade ? .noSpace : .disk
      throw JournalError(kind, path: directory.path(of: name), error.description)
    }
    try directory.synchronize()
    return SpareSegment(number: number, fileBytes: fileBytes, file: file)
  }

  /// Writes header and zeros. Reserved room is not enough: the first write to each part of it would have to be noted in
  /// the file system's own journal, within the flush that somebody waits for.
  private func fill(_ file: any File, number: UInt64, fileBytes: Int) throws(SystemError) {
    let step = min(Self.stepBytes, fileBytes)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: step, alignment: Format.alignment)
    defer { bytes.deallocate() }
    _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
    let header = UnsafeMutableRawBufferPointer(rebasing: bytes[..<Format.segmentHeaderBytes])
    SegmentHeader(storeID: storeID, number: number, fileBytes: UInt64(fileBytes)).encode(into: header)
    var offset = 0
    while offset < fileBytes {
      let count = min(step, fileBytes - offset)
      try file.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), at: offset)
      if offset == 0 { _ = header.initializeMemory(as: UInt8.self, repeating: 0) }
      offset += count
      if offset < fileBytes { try file.synchronizeData() }
    }
  }
}
