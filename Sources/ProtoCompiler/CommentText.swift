/// Lays the text of a comment out anew for another width.
enum CommentText {
  /// Paragraphs are filled; lines that look laid out by hand (indented, items of a list) stay as they are.
  static func lines(_ text: String, width: Int) -> [String] {
    var lines: [String] = []
    var words: [Substring] = []
    func fill() {
      var line = ""
      for word in words {
        if !line.isEmpty, line.count + 1 + word.count > width {
          lines.append(line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      if !line.isEmpty { lines.append(line) }
      words = []
    }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.isEmpty || isLaidOut(line) {
        fill()
        lines.append(String(line))
      } else {
        words += line.split(separator: " ")
      }
    }
    fill()
    return lines
  }

  private static func isLaidOut(_ line: Substring) -> Bool {
    line.first == " " || line.hasPrefix("- ") || line.hasPrefix("* ") || line.hasPrefix("|")
  }
}
