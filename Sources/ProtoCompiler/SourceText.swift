/// Source text in the making: lines, indented by two spaces a level where nothing else is said.
struct SourceText {
  static let width = 120

  private(set) var text = ""
  private let step: String
  private var level = 0
  private var wantsEmptyLine = false
  private var isAtStartOfBlock = true

  /// - Parameter step: what a level is indented by.
  init(step: String = "  ") {
    self.step = step
  }

  /// In columns; a tab is counted as four.
  var indentation: Int { level * (step == "\t" ? 4 : step.count) }

  /// How many characters fit on a line.
  var room: Int { SourceText.width - indentation }

  mutating func line(_ line: String) {
    if wantsEmptyLine, !isAtStartOfBlock { text += "\n" }
    wantsEmptyLine = false
    isAtStartOfBlock = false
    text += (line.isEmpty ? "" : String(repeating: step, count: level)) + line + "\n"
  }

  /// An empty line before the next one, unless that begins or ends a block.
  mutating func emptyLine() {
    wantsEmptyLine = true
  }

  /// `head {`, what `body` writes, `}` and what closes the head.
  mutating func block(_ head: String, closing: String = "", _ body: (inout SourceText) -> Void) {
    line(head + " {")
    indented(body)
    wantsEmptyLine = false
    line("}" + closing)
  }

  mutating func indented(_ body: (inout SourceText) -> Void) {
    level += 1
    isAtStartOfBlock = true
    body(&self)
    isAtStartOfBlock = false
    level -= 1
  }

  /// A call on one line, or with each argument on a line of its own.
  mutating func call(_ function: String, _ arguments: [String], closing: String = "") {
    let oneLine = "\(function)(\(arguments.joined(separator: ", ")))\(closing)"
    if oneLine.count <= room {
      line(oneLine)
      return
    }
    line(function + "(")
    indented { text in
      for (index, argument) in arguments.enumerated() {
        text.line(argument + (index + 1 < arguments.count ? "," : ""))
      }
    }
    line(")" + closing)
  }

  /// `head { function(arguments) }` on one line, or the call within a block.
  mutating func guarded(_ head: String, _ function: String, _ arguments: [String]) {
    let oneLine = "\(head) { \(function)(\(arguments.joined(separator: ", "))) }"
    if oneLine.count <= room {
      line(oneLine)
    } else {
      block(head) { $0.call(function, arguments) }
    }
  }

  /// A list within brackets: on one line, or each element on a line of its own.
  mutating func list(_ elements: [String]) {
    let oneLine = "[\(elements.joined(separator: ", "))]"
    if oneLine.count <= room {
      line(oneLine)
      return
    }
    line("[")
    indented { text in
      for element in elements { text.line(element + ",") }
    }
    line("]")
  }
}
