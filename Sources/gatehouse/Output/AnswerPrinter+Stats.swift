internal import GatehouseAPI

extension AnswerPrinter {
  /// Counts: as tables, or, when they are printed again and again, as a line.
  func stats(_ stats: GatehouseV1.WatchStatsResponse, isBrief: Bool) {
    guard !isJSON else { return console.print(stats.json.text) }
    guard !isBrief else {
      let counts = stats.counts.map { "\($0.state.label) \($0.customers)" }
      return console.print(
        (["revision \(stats.revision)"] + counts + ["attention \(stats.attention)"]).joined(separator: "  "))
    }
    var states = TextTable(["STATE", "CUSTOMERS"], right: ["CUSTOMERS"])
    for count in stats.counts { states.add([cell(count.state), TextTable.Cell("\(count.customers)")]) }
    var transitions = TextTable(["FROM", "TO", "EVENTS"], right: ["EVENTS"])
    for transition in stats.transitions {
      transitions.add([cell(transition.from), cell(transition.to), TextTable.Cell("\(transition.count)")])
    }
    let tables = states.lines(console.palette) + [""] + transitions.lines(console.palette)
    for line in tables { console.print(line) }
    console.print("\nrevision \(stats.revision), customers that need a person: \(stats.attention)")
  }

  private func cell(_ state: GatehouseV1.CustomerState) -> TextTable.Cell {
    TextTable.Cell(state.label, state.ink)
  }
}
