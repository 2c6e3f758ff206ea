// What a comparison came to, for people and for scripts.

extension ReportComparison {
  func lines(_ palette: Palette) -> [String] {
    let titles = ["SCENARIO", "LOAD", "FIGURE", "BEFORE", "AFTER", "RATIO", "RATIOS OF PAIRS", "VERDICT"]
    var table = TextTable(titles, right: ["BEFORE", "AFTER", "RATIO", "RATIOS OF PAIRS"])
    for row in rows {
      let pairs = row.ratios.map { "\(FigureText.fixed($0.lowerBound, 2)) to \(FigureText.fixed($0.upperBound, 2))" }
      let texts = [
        row.scenario, row.load, row.figure.name, row.figure.text(row.before.median), row.figure.text(row.after.median),
        row.ratio.map { FigureText.fixed($0, 3) } ?? "", pairs ?? "",
      ]
      table.add(texts.map { TextTable.Cell($0) } + [TextTable.Cell(row.verdict.text, row.verdict.ink)])
    }
    let alone = unmatched.map { "\(PlainText.escaped($0)) is in one of the reports only" }
    return (rows.isEmpty ? ["no scenario is in both reports"] : table.lines(palette)) + alone + explanations
  }

  private var explanations: [String] {
    let verdicts = Set(rows.map(\.verdict))
    return [
      verdicts.contains(.unknown)
        ? "too few: five repetitions each are the least that can tell a change from noise (--repetitions)" : nil,
      verdicts.contains(.machine)
        ? "the machine: the floor that bounds the figure changed at least as much as the figure did" : nil,
    ].compactMap(\.self)
  }

  var json: JSON {
    .members([
      "format": .number(BenchReport.format), "rows": .array(rows.map(\.json)),
      "unmatched": .array(unmatched.map { .string($0) }),
    ])
  }
}

extension ReportComparison.Row {
  fileprivate var json: JSON {
    .members([
      "scenario": .string(scenario), "load": .string(load), "figure": .string(figure.name), "before": before.json,
      "after": after.json, "ratio": ratio.map { .real($0) }, "lowest_ratio": ratios.map { .real($0.lowerBound) },
      "highest_ratio": ratios.map { .real($0.upperBound) }, "verdict": .string(verdict.rawValue),
    ])
  }
}

extension ReportComparison.Verdict {
  fileprivate var text: String {
    switch self {
    case .better: "better"
    case .worse: "worse"
    case .same: "no change shown"
    case .machine: "the machine"
    case .unknown: "too few"
    }
  }

  fileprivate var ink: Palette.Ink? {
    switch self {
    case .better: .green
    case .worse: .red
    case .same, .machine, .unknown: .dim
    }
  }
}
