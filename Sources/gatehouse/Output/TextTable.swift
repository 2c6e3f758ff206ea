/// Rows of cells, lined up in columns.
struct TextTable {
  enum Alignment: Sendable {
    case left
    case right
  }

  /// A cell, and how it is painted once its width is known.
  struct Cell: Sendable {
    let text: String
    var ink: Palette.Ink?

    init(_ text: String, _ ink: Palette.Ink? = nil) {
      self.text = PlainText.escaped(text)
      self.ink = ink
    }
  }

  /// What stands between two columns.
  private static let gap = "  "

  let titles: [String]
  var alignments: [Alignment]
  private(set) var rows: [[Cell]] = []

  /// Columns are lined up left, but those named in `right`.
  init(_ titles: [String], right: Set<String> = []) {
    self.titles = titles
    alignments = titles.map { right.contains($0) ? .right : .left }
  }

  /// Adds a row; cells that are missing stay empty, cells too many are left out.
  mutating func add(_ cells: [Cell]) {
    rows.append((0..<titles.count).map { $0 < cells.count ? cells[$0] : Cell("") })
  }

  mutating func add(_ texts: [String]) {
    add(texts.map { Cell($0) })
  }

  /// The lines: titles first, then each row.
  func lines(_ palette: Palette) -> [String] {
    let widths = titles.indices.map { column in
      max(titles[column].count, rows.map { $0[column].text.count }.max() ?? 0)
    }
    let head = Self.line(titles.map { Cell($0, .dim) }, widths, alignments, palette)
    return [head] + rows.map { Self.line($0, widths, alignments, palette) }
  }

  /// One line of cells in columns of the widths given; text that is too wide pushes the rest to the right.
  static func line(_ cells: [Cell], _ widths: [Int], _ alignments: [Alignment], _ palette: Palette) -> String {
    var line = ""
    for (column, cell) in cells.enumerated() {
      if column > 0 { line += gap }
      let filling = String(repeating: " ", count: max(0, widths[column] - cell.text.count))
      let painted = cell.ink.map { palette.paint(cell.text, $0) } ?? cell.text
      switch alignments[column] {
      case .left: line += painted + filling
      case .right: line += filling + painted
      }
    }
    while line.last == " " { line.removeLast() }
    return line
  }
}
