internal import Foundation
internal import Testing

@testable import System

@Suite struct TemporaryDirectoryTests {
  @Test func itGoesWithAllThatIsInIt() throws {
    let files = FileManager.default
    let outside = try TemporaryDirectory(prefix: "gatehouse-test-")
    try Data("kept".utf8).write(to: URL(filePath: outside.path + "/kept"))
    var path = ""
    do {
      let directory = try TemporaryDirectory(prefix: "gatehouse-test-")
      path = directory.path
      try files.createDirectory(atPath: path + "/a/b", withIntermediateDirectories: true)
      try Data("text".utf8).write(to: URL(filePath: path + "/a/b/file"))
      try files.createSymbolicLink(atPath: path + "/a/link", withDestinationPath: outside.path)
      #expect(files.fileExists(atPath: path))
      #expect(try InputFile.read(path + "/a/b/file", limit: 4) == Array("text".utf8))
      #expect(throws: SystemError.self) { try InputFile.read(path + "/a/b/file", limit: 3) }
      #expect(throws: SystemError.self) { try InputFile.read(path + "/none", limit: 3) }
    }
    #expect(!files.fileExists(atPath: path))
    #expect(files.fileExists(atPath: outside.path + "/kept"))
  }
}
