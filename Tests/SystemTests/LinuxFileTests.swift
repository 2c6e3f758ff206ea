internal import Glibc
internal import Testing

@testable import System

@Suite struct LinuxFileTests {
  private let files = LinuxFileSystem()

  private func code(_ body: () throws(SystemError) -> Void) -> Int32? {
    do throws(SystemError) {
      try body()
      return nil
    } catch {
      return error.code
    }
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let directory = try TemporaryDirectory(prefix: "files-")
    let file = try files.open(directory.path + "/a", .createNew)
    let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0) }
    try file.write(bytes, at: 5)
    try file.synchronizeData()
    #expect(try file.size() == 10_005)
    var read = [UInt8](repeating: 1, count: 20_000)
    let count = try read.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    #expect(count == 10_005)
    #expect(Array(read[..<count]) == [0, 0, 0, 0, 0] + bytes)
    try file.resize(to: 7)
    try file.synchronize()
    #expect(try file.size() == 7)
    try file.reserve(4096)
    #expect(try file.size() == 4096)
  }

  /// Past the kernel's memory or, where the file system cannot or what is written is no whole page, through it: others
  /// read the same either way.
  @Test func whatBypassesTheCacheIsReadByOthers() throws {
    let directory = try TemporaryDirectory(prefix: "files-")
    let path = directory.path + "/a"
    let file = try files.open(path, .createNew)
    try file.reserve(16_384)
    let reader = try files.open(path, .read)
    var seen = [UInt8](repeating: 9, count: 16_384)
    func read() throws { _ = try seen.withUnsafeMutableBytes { try reader.read(into: $0, at: 0) } }
    // So that the kernel holds what is about to be replaced behind its back.
    try read()
    #expect(seen.allSatisfy { $0 == 0 })
    file.bypassCache()
    let pages = UnsafeMutableRawBufferPointer.allocate(byteCount: 8192, alignment: 4096)
    defer { pages.deallocate() }
    for index in pages.indices { pages[index] = UInt8(truncatingIfNeeded: index / 64) }
    try file.write(UnsafeRawBufferPointer(pages), at: 4096)
    try file.synchronizeData()
    try read()
    #expect(Array(seen[4096..<12_288]) == Array(pages))
    try file.write(UnsafeRawBufferPointer(rebasing: pages[64..<200]), at: 5000)
    try file.synchronizeData()
    try read()
    #expect(Array(seen[5000..<5136]) == Array(pages[64..<200]))
    #expect(Array(seen[4096..<5000]) == Array(pages[..<904]))
    #expect(Array(seen[5136..<12_288]) == Array(pages[1040...]))
  }

  @Test func modesSayWhatMustBeThere() throws {
    let directory = try TemporaryDirectory(prefix: "files-")
    let path = directory.path + "/a"
    #expect(code { () throws(SystemError) in _ = try files.open(path, .read) } == ENOENT)
    #expect(code { () throws(SystemError) in _ = try files.open(path, .readWrite) } == ENOENT)
    _ = try files.open(path, .create)
    _ = try files.open(path, .create)
    #expect(code { () throws(SystemError) in _ = try files.open(path, .createNew) } == EEXIST)
    #expect(code { () throws(SystemError) in _ = try files.open(path, .directory) } == ENOTDIR)
    #expect(code { () throws(SystemError) in try files.open(path, .read).write([1], at: 0) } == EBADF)
    #expect(code { () throws(SystemError) in try files.createDirectory(directory.path) } == EEXIST)
  }

  @Test func namesAreListedRenamedAndRemoved() throws {
    let directory = try TemporaryDirectory(prefix: "files-")
    #expect(try files.list(directory.path) == [])
    for name in ["a", "b", "c d"] { _ = try files.open("\(directory.path)/\(name)", .createNew) }
    try files.createDirectory(directory.path + "/e")
    try files.rename(directory.path + "/a", to: directory.path + "/b")
    try files.remove(directory.path + "/c d")
    try files.synchronizeDirectory(directory.path)
    #expect(try files.list(directory.path).sorted() == ["b", "e"])
    #expect(code { () throws(SystemError) in _ = try files.list(directory.path + "/none") } == ENOENT)
    #expect(code { () throws(SystemError) in try files.remove(directory.path + "/none") } == ENOENT)
  }

  @Test func aLockLivesAsLongAsTheOpenFile() throws {
    let directory = try TemporaryDirectory(prefix: "files-")
    let second = try files.open(directory.path, .directory)
    do {
      let first = try files.open(directory.path, .directory)
      #expect(try first.tryLock())
      #expect(try !second.tryLock())
      withExtendedLifetime(first) {}
    }
    #expect(try second.tryLock())
  }

  @Test func errorsNameTheCallAndTheReason() {
    let error = SystemError(code: ENOSPC, operation: "pwrite")
    #expect(error.description == "pwrite: No space left on device (ENOSPC)")
    #expect(error.isNoSpace && !error.isInterrupted)
    #expect(SystemError(code: 12345, operation: "x").description == "x: error 12345")
  }
}
