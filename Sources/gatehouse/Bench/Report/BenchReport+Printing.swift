// A report for people: tables of the figures, what bounds them, and where the latencies lie.

extension BenchReport {
  func lines(_ palette: Palette) -> [String] {
    var sections: [[String]] = []
    if let machine { sections.append([machine.line]) }
    if !results.isEmpty { sections.append(figures(palette)) }
    if results.contains(where: { $0.hasCosts }) { sections.append(costs(palette)) }
    sections.append(chart(palette))
    sections.append(failures)
    if !floors.isEmpty { sections.append(Self.floorLines(floors, palette)) }
    sections.append(bounds(palette))
    sections.append(conclusions.map { PlainText.escaped($0) })
    sections.append(warnings.map { palette.paint("warning:", .yellow) + " " + PlainText.escaped($0) })
    return Array(sections.filter { !$0.isEmpty }.joined(separator: [""]))
  }

  /// Rates and latencies.
  private func figures(_ palette: Palette) -> [String] {
    let titles = ["SCENARIO", "LOAD", "A SECOND", "SPREAD", "P50", "P90", "P99", "P99.9", "MAX"]
    var table = TextTable(titles, right: Set(titles.dropFirst(2)))
    for result in results {
      let rate = result.spread { $0.rate }
      let latency = result.latency
      let percentiles = Histogram.told.map { latency.percentile($0.percent) } + [latency.max]
      table.add(
        [
          result.title, result.loadText, rate.map { "\(FigureText.number($0.median)) \(result.things)" } ?? "",
          rate.map { $0.count > 1 ? FigureText.percent($0.width) : "" } ?? "",
        ] + percentiles.map { latency.count == 0 ? "" : FigureText.duration(nanoseconds: Double($0)) })
    }
    return table.lines(palette)
  }

  /// What each thing costs. Columns that nothing was measured for are left out.
  private func costs(_ palette: Palette) -> [String] {
    let measured = results.filter(\.hasCosts)
    let columns = Self.costColumns.map { column in
      (title: column.title, cells: measured.map { column.text($0) ?? "" })
    }.filter { $0.cells.contains { !$0.isEmpty } }
    let titles = ["SCENARIO", "LOAD"] + columns.map(\.title)
    var table = TextTable(titles, right: Set(titles.dropFirst(2)))
    for (index, result) in measured.enumerated() {
      table.add([result.title, result.loadText] + columns.map { $0.cells[index] })
    }
    return ["Of each call, event or check:"] + table.lines(palette)
  }

  private static let costColumns: [(title: String, text: @Sendable (ScenarioResult) -> String?)] = [
    ("SERVER CPU", { $0.median { $0.perThing($0.serverProcessorMicroseconds) }.map(processorTime) }),
    ("CLIENT CPU", { $0.median { $0.perThing($0.clientProcessorMicroseconds) }.map(processorTime) }),
    ("BYTES", { $0.median { $0.perThing($0.wireBytes) }.map(FigureText.number) }),
    ("MB A SECOND", { $0.median { $0.bytesASecond.map { $0 / 1e6 } }.map(FigureText.number) }),
    ("BYTES ON DISK", { $0.median { $0.perThing($0.diskBytes) }.map(FigureText.number) }),
    ("RESIDENT", { $0.median { $0.residentBytes.map { Double($0) } }.map { ByteText.short(UInt64($0)) } }),
  ]

  private static func processorTime(_ microseconds: Double) -> String {
    FigureText.duration(nanoseconds: microseconds * 1000)
  }

  private func chart(_ palette: Palette) -> [String] {
    let drawn = results.filter { $0.latency.count > 0 }
    guard let chart = LatencyChart(over: drawn.map(\.latency)) else { return [] }
    var table = TextTable(["LATENCIES", "", chart.scale])
    for result in drawn { table.add([result.title, result.loadText, chart.line(result.latency)]) }
    return table.lines(palette)
  }

  private var failures: [String] {
    results.compactMap { result in
      let errors = result.errors.filter { $0.value > 0 }.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
      guard !errors.isEmpty else { return nil }
      let reasons = errors.map { "\(FigureText.grouped(Int(clamping: $0.value))) \(PlainText.escaped($0.key))" }
      return "\(PlainText.escaped(result.title)) \(result.loadText) failed: \(reasons.joined(separator: ", "))"
    }
  }

  private static func floorLines(_ floors: [Floor], _ palette: Palette) -> [String] {
    var table = TextTable(["FLOOR OF THIS MACHINE", "P50", "A SECOND"], right: ["P50", "A SECOND"])
    var names: [String] = []
    for floor in floors where !names.contains(floor.name) { names.append(floor.name) }
    for name in names {
      func text(_ measure: Floor.Measure) -> String {
        floors.first { $0.name == name && $0.measure == measure }?.text ?? ""
      }
      table.add([name, text(.latency), text(.rate)])
    }
    return table.lines(palette)
  }

  private func bounds(_ palette: Palette) -> [String] {
    var table = TextTable(
      ["SCENARIO", "LOAD", "FIGURE", "MEASURED", "RATIO", "TO THE FLOOR", "OF"], right: ["MEASURED", "RATIO", "OF"])
    for result in results {
      for bound in result.bounds {
        guard let value = result.value(bound.figure), let ratio = result.ratio(bound) else { continue }
        table.add([
          result.title, result.loadText, bound.figure == .rate ? "rate" : "p50", bound.figure.text(value),
          FigureText.number(ratio), bound.floor.name, bound.floor.text,
        ])
      }
    }
    return table.rows.isEmpty ? [] : table.lines(palette)
  }
}

extension BenchReport.Machine {
  var line: String {
    PlainText.escaped("\(processors) x \(processor), \(system), \(fileSystem)")
  }
}

extension Floor {
  var text: String {
    switch measure {
    case .rate: FigureText.number(value) + "/s"
    case .latency: FigureText.duration(nanoseconds: value)
    }
  }
}

extension Bound.Figure {
  func text(_ value: Double) -> String {
    switch self {
    case .rate: FigureText.number(value) + "/s"
    case .p50: FigureText.duration(nanoseconds: value)
    }
  }
}

extension ScenarioResult {
  fileprivate func median(_ figure: (ScenarioRun) -> Double?) -> Double? { spread(figure)?.median }

  /// The scenario and its parameters: "watch watchers=100".
  var title: String {
    ([name] + parameters.map { "\($0.name)=\($0.value)" }).joined(separator: " ")
  }

  /// "50 x 64": connections and calls in flight on each; in an open loop "50, 10,000/s". Empty where nothing is sent.
  var loadText: String {
    guard let load else { return "" }
    guard let rate = load.rate else { return load.text }
    return "\(load.connections), \(FigureText.number(rate))/s"
  }

  fileprivate var hasCosts: Bool {
    runs.contains {
      $0.serverProcessorMicroseconds != nil || $0.clientProcessorMicroseconds != nil || $0.wireBytes != nil
        || $0.diskBytes != nil || $0.residentBytes != nil
    }
  }
}
