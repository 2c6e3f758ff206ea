internal import Testing

@testable import System

/// What the start of a server finds out about its disk.
@Suite struct DiskTests {
  @Test func fileSystemsAreKnownByTheirNumbers() {
    #expect(FileSystemKind(type: 0xef53) == FileSystemKind(type: 0xef53))
    #expect(FileSystemKind(type: 0xef53).name == "ext4" && FileSystemKind(type: 0xef53).weakness == nil)
    for (type, name) in [0x6969: "nfs", 0x6573_5546: "fuse", 0x794c_7630: "overlay", 0x0102_1994: "tmpfs"] {
      let kind = FileSystemKind(type: UInt32(type))
      #expect(kind.name == name && kind.weakness != nil)
    }
    let unknown = FileSystemKind(type: 0xabc)
    #expect(unknown.name == "0xabc" && unknown.weakness == nil)
  }

  @Test func aPathIsOnSomeFileSystem() throws {
    #expect(try FileSystemKind(of: "/proc").name == "0x9fa0")
    let error = #expect(throws: SystemError.self) { _ = try FileSystemKind(of: "/no/such/path") }
    #expect(error?.isNotFound == true)
  }

  @Test func flushesAreMeasuredAndNothingIsLeft() throws {
    let directory = try TemporaryDirectory(prefix: "gatehouse-probe-")
    let lengths = try FlushProbe.measure(directory.path + "/probe.tmp", on: LinuxFileSystem())
    #expect((1...8).contains(lengths.count) && lengths == lengths.sorted())
    #expect(try LinuxFileSystem().list(directory.path).isEmpty)
  }

  @Test func namesAreExchanged() throws {
    let directory = try TemporaryDirectory(prefix: "gatehouse-exchange-")
    let (first, second) = (directory.path + "/first", directory.path + "/second")
    let fileSystem = LinuxFileSystem()
    try fileSystem.createDirectory(first)
    try fileSystem.createDirectory(second)
    _ = try fileSystem.open(first + "/inside", .createNew)
    try fileSystem.exchange(first, second)
    #expect(try fileSystem.list(first) == [] && fileSystem.list(second) == ["inside"])
  }
}
