internal import System

/// Reads a file of known size through a buffer, from front to back with few calls.
final class FileWindow {
  /// Large enough that calls cost nothing beside the copying, small enough to stay in the processor's cache.
  static let defaultBytes = 512 << 10

  private var buffer: UnsafeMutableRawBufferPointer
  private var file: (any File)?
  private(set) var path = ""
  /// Bytes of the file.
  private(set) var fileBytes = 0
  /// What of the file the buffer holds.
  private var held = 0..<0

  init(bytes: Int = FileWindow.defaultBytes) {
    buffer = .allocate(byteCount: bytes, alignment: Format.alignment)
  }

  deinit {
    buffer.deallocate()
  }

  /// Turns to another file.
  func open(_ file: any File, path: String, fileBytes: Int) {
    self.file = file
    self.path = path
    self.fileBytes = fileBytes
    held = 0..<0
  }

  /// These bytes of the file, valid until the next call. Precondition: they are within the file.
  ///
  /// - Throws: `damaged` when they cannot be read: what a disk cannot give back is lost.
  func bytes(_ range: Range<Int>) throws(JournalError) -> UnsafeRawBufferPointer {
    if range.lowerBound < held.lowerBound || range.upperBound > held.upperBound { try load(range) }
    let start = range.lowerBound - held.lowerBound
    return UnsafeRawBufferPointer(rebasing: buffer[start..<start + range.count])
  }

  private func load(_ range: Range<Int>) throws(JournalError) {
    precondition(range.upperBound <= fileBytes, "only what is within the file can be read")
    if range.count > buffer.count {
      buffer.deallocate()
      buffer = .allocate(byteCount: Format.roundUp(range.count), alignment: Format.alignment)
    }
    held = 0..<0
    let wanted = min(buffer.count, fileBytes - range.lowerBound)
    let count: Int
    do {
      count =
        try file?.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted]), at: range.lowerBound) ?? 0
    } catch {
      throw JournalError(.damaged, path: path, offset: range.lowerBound, "cannot be read: \(error)")
    }
    guard count == wanted else {
      throw JournalError(.damaged, path: path, offset: range.lowerBound + count, "the file ends before its size")
    }
    held = range.lowerBound..<range.lowerBound + count
  }
}
