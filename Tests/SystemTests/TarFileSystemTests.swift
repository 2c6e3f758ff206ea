internal import Foundation
internal import Testing

@testable import System

@Suite struct TarFileSystemTests {
  /// An archive of files, as `tar` writes it.
  private func withArchive(
    _ files: KeyValuePairs<String, String>, format: String = "ustar", _ body: (String) throws -> Void
  ) throws {
    let directory = try TemporaryDirectory(prefix: "gatehouse-tar-")
    let folder = directory.path + "/contents"
    for (name, text) in files {
      let url = URL(fileURLWithPath: "\(folder)/\(name)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: false, encoding: .utf8)
    }
    let archive = directory.path + "/a.tar"
    let tar = Process()
    tar.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    tar.arguments = ["tar", "--format=\(format)", "-C", folder, "-cf", archive, "."]
    try tar.run()
    tar.waitUntilExit()
    #expect(tar.terminationStatus == 0)
    try body(archive)
  }

  private func text(_ fileSystem: some FileSystem, _ path: String) throws -> String {
    let file = try fileSystem.open(path, .read)
    var bytes = [UInt8](repeating: 0, count: try file.size() + 10)
    let count = try bytes.withUnsafeMutableBytes { (bytes) throws(SystemError) in try file.read(into: bytes, at: 0) }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }

  @Test(arguments: ["ustar", "gnu", "v7", "pax"]) func filesAreReadInPlace(format: String) throws {
    let long = String(repeating: "abcdefgh", count: 1000)
    try withArchive(["MANIFEST": "m", "segment": long, "empty": "", "quarantine/x": "q"], format: format) { path in
      let archive = try TarFileSystem.open(path, folderOf: "MANIFEST").get()
      #expect(try archive.list(path).sorted() == ["MANIFEST", "empty", "segment"])
      #expect(try text(archive, path + "/MANIFEST") == "m")
      #expect(try text(archive, path + "/segment") == long)
      #expect(try text(archive, path + "/empty") == "")
      let error = #expect(throws: SystemError.self) { _ = try archive.open(path + "/nothing", .read) }
      #expect(error?.isNotFound == true)
      #expect(throws: SystemError.self) { _ = try archive.open(path + "/MANIFEST", .readWrite) }
      #expect(throws: SystemError.self) { try archive.remove(path + "/MANIFEST") }
    }
  }

  @Test func theFolderIsFoundByItsLandmark() throws {
    try withArchive(["a/b/MANIFEST": "m", "a/b/other": "o", "a/other": "wrong", "z/deep/er/MANIFEST": "x"]) { path in
      let archive = try TarFileSystem.open(path, folderOf: "MANIFEST").get()
      #expect(try text(archive, path + "/other") == "o")
      #expect(try archive.list(path).sorted() == ["MANIFEST", "other"])
      guard case .failure(let problem) = try TarFileSystem.open(path, folderOf: "NOTHING") else {
        Issue.record("there is no such file")
        return
      }
      #expect(problem.description.contains("NOTHING"))
    }
  }

  /// Whatever the bytes are: a problem, or files within the archive.
  @Test func foreignBytesAreNoArchive() throws {
    try withArchive(["MANIFEST": "m", "segment": String(repeating: "s", count: 2000)]) { path in
      let whole = try Data(contentsOf: URL(fileURLWithPath: path))
      let changed = path + ".changed"
      for offset in stride(from: 0, to: 3000, by: 7) {
        var bytes = whole
        bytes[offset] ^= 0x81
        try bytes.write(to: URL(fileURLWithPath: changed))
        guard case .success(let archive) = try TarFileSystem.open(changed, folderOf: "MANIFEST") else { continue }
        for name in try archive.list(changed) {
          #expect(try text(archive, changed + "/" + name).utf8.count <= whole.count * 3)
        }
      }
      for length in stride(from: 0, to: whole.count, by: 100) {
        try whole.prefix(length).write(to: URL(fileURLWithPath: changed))
        _ = try TarFileSystem.open(changed, folderOf: "MANIFEST")
      }
    }
  }
}
