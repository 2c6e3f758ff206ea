internal import Synchronization
internal import System

/// The manifest on the disk. The log changes it when it goes on in another segment, whoever takes snapshots when one
/// counts or segments are let go: one at a time.
final class ManifestFile: Sendable {
  /// Bytes of a slot at first: room for 254 segments.
  private static let firstSlotBytes = 16 << 10
  /// The longest slot that is read, in bytes: room for 16 million segments.
  private static let maximumSlotBytes = 1 << 30

  private struct Slots {
    var file: any File
    var bytes: Int
    /// The slot that counts.
    var slot: Int
    /// What the slot that counts says.
    var manifest: Manifest
  }

  private let directory: DataDirectory
  private let slots: Mutex<Slots>
  /// Apart from the slots, so that who asks does not wait for who writes.
  private let present: Mutex<Manifest>

  private init(_ directory: DataDirectory, file: any File, slotBytes: Int, slot: Int, manifest: Manifest) {
    self.directory = directory
    slots = Mutex(Slots(file: file, bytes: slotBytes, slot: slot, manifest: manifest))
    present = Mutex(manifest)
  }

  /// What the slot that counts says. Never waits for the disk.
  var manifest: Manifest { present.withLock { $0 } }

  /// Bytes of a slot of a new file that has room for the manifest.
  static func slotBytes(for manifest: Manifest) -> Int {
    var bytes = firstSlotBytes
    while bytes < manifest.encodedBytes { bytes *= 2 }
    return bytes
  }

  /// Makes the first one. The store exists from then on.
  static func create(_ manifest: Manifest, in directory: DataDirectory) throws(JournalError) -> ManifestFile {
    let file = try make(manifest, slotBytes: firstSlotBytes, in: directory)
    return ManifestFile(directory, file: file, slotBytes: firstSlotBytes, slot: 0, manifest: manifest)
  }

  private static func make(
    _ manifest: Manifest, slotBytes: Int, in directory: DataDirectory
  ) throws(JournalError) -> any File {
    let file = try withPath(directory.path(of: FileName.manifest)) { () throws(SystemError) in
      try directory.make(FileName.manifest) { (file) throws(SystemError) in
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * slotBytes, alignment: Format.alignment)
        defer { bytes.deallocate() }
        _ = bytes.initializeMemory(as: UInt8.self, repeating: 0)
        manifest.encode(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<slotBytes]))
        try file.write(UnsafeRawBufferPointer(bytes), at: 0)
      }
    }
    try directory.synchronize()
    return file
  }

  /// Reads what is there and changes nothing.
  static func read(in directory: DataDirectory, _ mode: OpenMode = .readWrite) throws(JournalError) -> ManifestFile {
    let path = directory.path(of: FileName.manifest)
    let file = try directory.open(FileName.manifest, mode)
    let size = try withPath(path) { () throws(SystemError) in try file.size() }
    let slotBytes = size / 2
    guard slotBytes >= Format.alignment, slotBytes <= maximumSlotBytes, size % (2 * Format.alignment) == 0 else {
      throw JournalError(.damaged, path: path, "its size, \(size) bytes, is none that a manifest has")
    }
    let window = FileWindow(bytes: slotBytes)
    window.open(file, path: path, fileBytes: size)
    var found: [(slot: Int, manifest: Manifest)] = []
    for slot in 0...1 {
      let start = slot * slotBytes
      switch Manifest.read(try window.bytes(start..<start + slotBytes)) {
      case .broken: continue
      case .unknown:
        throw JournalError(.unsupported, path: path, offset: start, "a format that this version does not know")
      case .whole(let manifest): found.append((slot, manifest))
      }
    }
    guard let newest = found.max(by: { $0.manifest.sequence < $1.manifest.sequence }) else {
      throw JournalError(.damaged, path: path, "neither of its two slots is valid: which segments count is unknown")
    }
    if found.count == 2 {
      guard found[0].manifest.storeID == found[1].manifest.storeID,
        found[0].manifest.sequence != found[1].manifest.sequence
      else { throw JournalError(.damaged, path: path, "its two slots contradict each other") }
    }
    return ManifestFile(directory, file: file, slotBytes: slotBytes, slot: newest.slot, manifest: newest.manifest)
  }

  /// Makes sure that the slot that counts is on the disk, before the other one is written: what was read may be in the
  /// kernel's memory alone, left there by a process that was killed or whose flush failed. Where the disk had it, each
  /// sector is overwritten by what it holds; where it had not, the other slot is the one that is whole.
  func secure() throws(JournalError) {
    try slots.withLock { (slots) throws(JournalError) in
      try write(slots.manifest, slot: slots.slot, slots)
    }
  }

  /// Replaces the manifest, its sequence counted up. When this returns, the new one is durable; when it throws, either
  /// of them may be.
  func update(_ change: (inout Manifest) -> Void) throws(JournalError) {
    try slots.withLock { (slots) throws(JournalError) in
      var next = slots.manifest
      change(&next)
      next.sequence = slots.manifest.sequence + 1
      if next.encodedBytes > slots.bytes {
        slots.bytes *= 2
        slots.file = try Self.make(next, slotBytes: slots.bytes, in: directory)
        slots.slot = 0
      } else {
        let other = 1 - slots.slot
        try write(next, slot: other, slots)
        slots.slot = other
      }
      slots.manifest = next
      present.withLock { $0 = next }
    }
  }

  private func write(_ manifest: Manifest, slot: Int, _ slots: Slots) throws(JournalError) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: slots.bytes, alignment: Format.alignment)
    defer { bytes.deallocate() }
    manifest.encode(into: bytes)
    try withPath(directory.path(of: FileName.manifest)) { () throws(SystemError) in
      try slots.file.write(
        UnsafeRawBufferPointer(rebasing: bytes[..<manifest.encodedBytes]), at: slot * slots.bytes)
      try slots.file.synchronizeData()
    }
  }
}
