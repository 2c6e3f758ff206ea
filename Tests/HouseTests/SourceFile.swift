/// A Swift file, line by line.
struct SourceFile {
  /// From the root of the checkout: `Sources/Wallet/Digest32.swift`.
  let path: String
  let lines: [String]

  init(path: String, text: String) {
    self.path = path
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if lines.last == "" { lines.removeLast() }
    self.lines = lines
  }

  /// The target that the file belongs to.
  var module: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

  var isGenerated: Bool { path.contains("/Generated/") }

  /// The lines with what is behind `//` cut off, so that prose is not taken for code. String literals stay.
  var code: [String] {
    lines.map { line in line.firstRange(of: "//").map { String(line[..<$0.lowerBound]) } ?? line }
  }

  /// The modules that the file imports.
  var imports: [String] { code.compactMap(SourceFile.importedModule) }

  /// The module that a line imports: the word behind `import`, or behind `import struct` and its like, up to a dot.
  static func importedModule(_ line: String) -> String? {
    var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)[...]
    let modifiers: Set = ["public", "package", "internal", "fileprivate", "private"]
    while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) { words.removeFirst() }
    guard words.first == "import" else { return nil }
    words.removeFirst()
    let kinds: Set = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var", "actor"]
    if let word = words.first, kinds.contains(word) { words.removeFirst() }
    return words.first.map { String($0.prefix { $0 != "." && $0 != ";" }) }
  }
}
