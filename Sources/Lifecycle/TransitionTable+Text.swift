extension TransitionTable {
  /// The table as aligned lines of text, the first of them the headings; no trailing spaces.
  public static var lines: [String] {
    let rows = [["FROM", "COMMAND", "WHEN", "TO", "EFFECT", "ROLES"]] + rules.map(columns)
    var widths = [Int](repeating: 0, count: rows[0].count)
    for row in rows {
      for (column, text) in row.enumerated() { widths[column] = max(widths[column], text.utf8.count) }
    }
    return rows.map { row in
      var line = ""
      for (column, text) in row.enumerated() {
        line += text
        if column + 1 < row.count {
          line += String(repeating: " ", count: widths[column] - text.utf8.count + 2)
        }
      }
      return line
    }
  }

  private static func columns(of rule: TransitionRule) -> [String] {
    [
      rule.from?.name ?? "(none)",
      rule.command.name,
      rule.condition.isEmpty ? "always" : rule.condition,
      rule.to.name,
      rule.effect.name,
      rule.roles.isEmpty ? "the clock" : rule.roles.elements.map(\.name).joined(separator: ", "),
    ]
  }
}
