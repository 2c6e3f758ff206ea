internal import System

/// The watermark on the disk. Confined to whoever recovers or writes the log.
final class WatermarkFile {
  static let fileBytes = 2 * Format.watermarkSlotDistance

  private let path: String
  private let file: any File
  /// The slot that is being written. The other one is on the disk as it is, whatever happens to this one.
  private var slot: Int
  private(set) var watermark: Watermark
  /// Whether ``watermark`` may not be on the disk yet.
  private(set) var needsSynchronizing = false

  private init(path: String, file: any File, slot: Int, watermark: Watermark) {
    self.path = path
    self.file = file
    self.slot = slot
    self.watermark = watermark
  }

  /// Makes the first one, of a log that holds nothing. Its name is durable once the directory is synchronized.
  static func create(_ storeID: StoreID, in directory: DataDirectory) throws(JournalError) -> WatermarkFile {
    let path = directory.path(of: FileName.watermark)
    let watermark = Watermark(storeID: storeID, sequence: 0, segment: 0, end: 0)
    let file = try withPath(path) { () throws(SystemError) in
      try directory.make(FileName.watermark) { (file) throws(SystemError) in
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: fileBytes, alignment: Format.alignment)
        defer { bytes.deallocate() }
        _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
        for slot in 0...1 {
          let start = slot * Format.watermarkSlotDistance
          watermark.encode(
            into: UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + Format.watermarkSlotBytes]))
        }
        try file.write(UnsafeRawBufferPointer(bytes), at: 0)
      }
    }
    return WatermarkFile(path: path, file: file, slot: 0, watermark: watermark)
  }

  /// Reads what is there and changes nothing.
  static func read(in directory: DataDirectory, _ mode: OpenMode = .readWrite) throws(JournalError) -> WatermarkFile {
    let path = directory.path(of: FileName.watermark)
    let file = try directory.open(FileName.watermark, mode)
    let size = try withPath(path) { () throws(SystemError) in try file.size() }
    guard size == fileBytes else {
      throw JournalError(.damaged, path: path, "its size is \(size) bytes instead of \(fileBytes)")
    }
    let window = FileWindow(bytes: fileBytes)
    window.open(file, path: path, fileBytes: size)
    var found: [(slot: Int, watermark: Watermark)] = []
    for slot in 0...1 {
      let start = slot * Format.watermarkSlotDistance
      switch Watermark.read(try window.bytes(start..<start + Format.watermarkSlotBytes)) {
      case .broken: continue
      case .unknown:
        throw JournalError(.unsupported, path: path, offset: start, "a format that this version does not know")
      case .whole(let watermark): found.append((slot, watermark))
      }
    }
    guard let newest = found.max(by: { $0.watermark.sequence < $1.watermark.sequence }) else {
      throw JournalError(
        .damaged, path: path, "neither of its two slots is valid: whether the end of the log is missing cannot be told")
    }
    guard found.allSatisfy({ $0.watermark.storeID == newest.watermark.storeID }) else {
      throw JournalError(.damaged, path: path, "its two slots are of two stores")
    }
    let watermarkFile = WatermarkFile(path: path, file: file, slot: newest.slot, watermark: newest.watermark)
    // The slot may be in the kernel's memory only, left there by a process that was killed.
    watermarkFile.needsSynchronizing = true
    return watermarkFile
  }

  /// Notes that a block is durable: to be called once it is, and before anybody is told. Survives the end of the
  /// process at once, a loss of power from the next ``synchronize()`` on.
  func advance(to sequence: UInt64, segment: UInt64, end: Int) throws(JournalError) {
    watermark.sequence = sequence
    watermark.segment = segment
    watermark.end = UInt64(end)
    needsSynchronizing = true
    var slotBytes = (UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0), UInt64(0))
    try withPath(path) { () throws(SystemError) in
      try withUnsafeMutableBytes(of: &slotBytes) { (bytes) throws(SystemError) in
        watermark.encode(into: bytes)
        try file.write(UnsafeRawBufferPointer(bytes), at: slot * Format.watermarkSlotDistance)
      }
    }
  }

  /// Puts the watermark on the disk.
  func synchronize() throws(JournalError) {
    guard needsSynchronizing else { return }
    try withPath(path) { () throws(SystemError) in try file.synchronizeData() }
    needsSynchronizing = false
    slot = 1 - slot
  }
}
