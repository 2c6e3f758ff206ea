internal import Testing

/// How the files look, where `swift format` has no rule.
struct LayoutTests {
  static let widestLine = 120
  static let longestFile = 400

  /// Files that may be longer, with the reason.
  static let longFiles: [String: String] = [:]

  /// Words that must not stand in code, apart from the places listed with a reason.
  static let forbidden: [(word: String, exceptions: [String: String])] = [
    ("try!", [:]),
    ("as!", [:]),
    ("TODO", [:]),
    ("FIXME", [:]),
    ("fatalError(", [:]),
    ("unsafeFlags", [:]),
    (
      "nonisolated(unsafe)",
      [
        "Sources/Journal/Journal.swift": "the writer belongs to whoever has the duty of writing, one at a time"
      ]
    ),
    ("print(\"DEBUG", [:]),
  ]

  static func handwritten() throws -> [SourceFile] {
    try (Checkout.swiftFiles(below: "Sources") + Checkout.swiftFiles(below: "Tests")).filter { !$0.isGenerated }
  }

  @Test func linesAreNotWide() throws {
    for file in try Self.handwritten() {
      for (index, line) in file.lines.enumerated() where line.count > Self.widestLine {
        Issue.record("\(file.path):\(index + 1) has \(line.count) characters")
      }
    }
  }

  @Test func filesAreNotLong() throws {
    for file in try Self.handwritten() where file.lines.count > Self.longestFile {
      #expect(Self.longFiles[file.path] != nil, "\(file.path) has \(file.lines.count) lines")
    }
  }

  @Test func thereIsNoForbiddenWord() throws {
    for file in try Checkout.swiftFiles(below: "Sources") where !file.isGenerated {
      for (index, line) in file.lines.enumerated() {
        for (word, exceptions) in Self.forbidden where line.contains(word) {
          #expect(exceptions[file.path] != nil, "\(file.path):\(index + 1) says \(word)")
        }
      }
    }
  }

  /// Every exception is still needed.
  @Test func noExceptionIsStale() throws {
    let files = Dictionary(uniqueKeysWithValues: try Self.handwritten().map { ($0.path, $0) })
    for path in Self.longFiles.keys {
      #expect((files[path]?.lines.count ?? 0) > Self.longestFile, "\(path)")
    }
    for (word, exceptions) in Self.forbidden {
      for path in exceptions.keys {
        #expect(files[path]?.lines.contains { $0.contains(word) } ?? false, "\(path) no longer says \(word)")
      }
    }
  }

  /// Nobody but those who know what libc is imports it, nobody imports Foundation: `ImportTests` holds for `import`
  /// lines, this for names that would come in by another module.
  @Test func nothingOfFoundationIsNamed() throws {
    for file in try Checkout.swiftFiles(below: "Sources") {
      for (index, line) in file.code.enumerated() where line.contains("Foundation") {
        Issue.record("\(file.path):\(index + 1): \(line)")
      }
    }
  }
}
