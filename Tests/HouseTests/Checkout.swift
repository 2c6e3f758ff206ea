internal import Foundation

/// The files of the checkout that these tests were built from.
enum Checkout {
  /// The folder that holds `Package.swift`.
  static let root: URL = {
    var folder = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { folder.deleteLastPathComponent() }
    return folder
  }()

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path).sorted()
  }

  /// Every Swift file below a folder.
  static func swiftFiles(below folder: String) throws -> [SourceFile] {
    let walk = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
    let paths = (walk?.allObjects as? [String] ?? []).filter { $0.hasSuffix(".swift") }.sorted()
    return try paths.map { SourceFile(path: "\(folder)/\($0)", text: try text("\(folder)/\($0)")) }
  }
}
