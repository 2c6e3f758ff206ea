// The budgets, for people and for scripts.

extension BudgetReport {
  func lines(_ palette: Palette) -> [String] {
    let titles = ["BUDGET", "FIGURE", "HELD AGAINST", "REFERENCE", "RATIO", "OF THE ROUNDS", "REQUIRED", ""]
    var table = TextTable(titles, right: ["FIGURE", "REFERENCE", "RATIO", "OF THE ROUNDS", "REQUIRED"])
    for budget in budgets { table.add(budget.cells) }
    let obstacles = budgets.compactMap { budget in
      budget.obstacle.map { "\(budget.what), against \(budget.reference): not measured: \($0)" }
    }
    return (machine.map { [$0.line, ""] } ?? []) + table.lines(palette) + (obstacles.isEmpty ? [] : [""])
      + obstacles.map { PlainText.escaped($0) } + (warnings.isEmpty ? [] : [""])
      + warnings.map { palette.paint("warning:", .yellow) + " " + PlainText.escaped($0) }
  }

  var json: JSON {
    .members([
      "format": .number(BenchReport.format), "machine": machine.map(\.json), "budgets": .array(budgets.map(\.json)),
      "warnings": .array(warnings.map { .string($0) }),
    ])
  }
}

extension Budget {
  fileprivate var cells: [TextTable.Cell] {
    let middle = ratios.map { FigureText.fixed($0.median, 3) } ?? ""
    var spread = ""
    if let ratios, ratios.count > 1 {
      // One round in which the disk stood still would stretch the range over all that is possible.
      spread = "\(FigureText.fixed(ratios.low, 2)) to \(FigureText.fixed(ratios.high, 2))"
    }
    let texts = [text(figure), reference, text(referenceFigure), middle, spread, requirement.text]
    return [TextTable.Cell(what)] + texts.map { TextTable.Cell($0) } + [TextTable.Cell(verdict.text, verdict.ink)]
  }

  private func text(_ figure: Spread?) -> String { figure.map { unit.text($0.median) } ?? "" }

  fileprivate var json: JSON {
    .members([
      "what": .string(what), "unit": .string(unit.rawValue), "reference": .string(reference),
      "required": .string(requirement.text), "figure": figure?.json, "reference_figure": referenceFigure?.json,
      "ratio": ratios?.json, "rounds": .array(rounds.map(\.json)), "verdict": .string(verdict.rawValue),
      "obstacle": obstacle.map { .string($0) },
    ])
  }
}

extension Budget.Round {
  fileprivate var json: JSON { .members(["figure": .real(figure), "reference": .real(reference)]) }
}

extension Budget.Requirement {
  /// ">= 0.20", "0.75 to 1.33".
  var text: String {
    switch self {
    case .atLeast(let least): ">= \(FigureText.fixed(least, 2))"
    case .atMost(let most): "<= \(FigureText.fixed(most, 2))"
    case .between(let least, let most): "\(FigureText.fixed(least, 2)) to \(FigureText.fixed(most, 2))"
    }
  }
}

extension Budget.Verdict {
  fileprivate var text: String {
    switch self {
    case .met: "met"
    case .missed: "missed"
    case .unmeasured: "not measured"
    }
  }

  fileprivate var ink: Palette.Ink {
    switch self {
    case .met: .green
    case .missed: .red
    case .unmeasured: .yellow
    }
  }
}
