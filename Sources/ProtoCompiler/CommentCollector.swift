/// Decides which of the comments between two tokens belong to the declaration before and which to the one behind.
struct CommentCollector {
  struct Comment {
    var lines: [String]
    var isBlock: Bool
  }

  private(set) var leading = ""
  private(set) var previousTrailing = ""
  private var group: [String] = []
  private var canTrail: Bool

  /// - Parameter canTrail: whether there is a declaration before that comments may belong to.
  init(canTrail: Bool) {
    self.canTrail = canTrail
  }

  mutating func add(_ comment: Comment) {
    group += comment.lines
  }

  /// What comes next does not go on with the comments gathered so far: they belong to the declaration before, if
  /// nothing stands between.
  mutating func endGroup() {
    guard !group.isEmpty else { return }
    if canTrail { previousTrailing = CommentCollector.text(group) }
    canTrail = false
    group = []
  }

  mutating func emptyLine() {
    endGroup()
    canTrail = false
  }

  /// The next token has come.
  mutating func meet(tokenEndsScope: Bool) {
    if tokenEndsScope {
      endGroup()
    } else {
      leading = CommentCollector.text(group)
    }
  }

  /// The lines without a common margin, without empty ones around.
  private static func text(_ lines: [String]) -> String {
    let trimmed = lines.map { line in
      var line = Substring(line)
      while let last = line.last, last == " " || last == "\t" || last == "\r" { line.removeLast() }
      return line
    }
    let margin = trimmed.filter { !$0.isEmpty }.map { $0.prefix { $0 == " " }.count }.min() ?? 0
    let text = trimmed.map { String($0.dropFirst(margin)) }
    let from = text.firstIndex { !$0.isEmpty } ?? text.endIndex
    let to = text.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? from
    return text[from..<max(from, to)].joined(separator: "\n")
  }
}
