internal import Foundation

/// The cases that `differential.py --write-corpus` kept, with what upb said of each.
///
/// Count of names; each name; then each case: name (1 byte), length (2 bytes), message, outcome: 0 refused, 1 accepted
/// and canonical as it is, 2 accepted, followed by length (2 bytes) and canonical bytes. Numbers are little-endian.
struct Corpus {
  struct Case {
    var name: String
    var message: [UInt8]
    /// The message as upb encodes it; nil when upb refuses it.
    var canonical: [UInt8]?
  }

  struct Malformed: Error {}

  private var bytes: ArraySlice<UInt8>
  private(set) var cases: [Case] = []

  /// The file beside this one.
  static func committed() throws -> [Case] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "corpus.bin")
    return try Corpus(Array(Data(contentsOf: file))).cases
  }

  init(_ file: [UInt8]) throws {
    bytes = file[...]
    let count = try number(bytes: 1)
    let names = try (0..<count).map { _ in String(decoding: try take(try number(bytes: 1)), as: UTF8.self) }
    while !bytes.isEmpty {
      let name = try number(bytes: 1)
      guard names.indices.contains(name) else { throw Malformed() }
      var entry = Case(name: names[name], message: try take(try number(bytes: 2)))
      switch try number(bytes: 1) {
      case 0: entry.canonical = nil
      case 1: entry.canonical = entry.message
      case 2: entry.canonical = try take(try number(bytes: 2))
      default: throw Malformed()
      }
      cases.append(entry)
    }
  }

  private mutating func take(_ count: Int) throws -> [UInt8] {
    guard bytes.count >= count else { throw Malformed() }
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  private mutating func number(bytes count: Int) throws -> Int {
    try take(count).reversed().reduce(0) { $0 << 8 | Int($1) }
  }
}
