internal import Foundation

/// The committed proto files and what was generated from them.
enum ProtoFolder {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// - Parameter path: below `proto`.
  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: "proto").appending(path: path), encoding: .utf8)
  }

  /// The files below a folder of the checkout whose names end with `suffix`, by their paths within it.
  static func files(in folder: String, endingWith suffix: String) throws -> [String: String] {
    let folder = root.appending(path: folder)
    var files: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where path.hasSuffix(suffix) {
      files[path] = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }
    return files
  }
}
