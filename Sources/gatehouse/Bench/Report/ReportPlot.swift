/// A report as a drawing of two panels: latency by percentile, and throughput by the load that was offered.
struct ReportPlot: Sendable {
  private static let width = 1120
  /// Both panels, and a margin beside each for the labels of its axis.
  private static let leftPanel = 90.0...540.0
  private static let rightPanel = 650.0...1090.0
  private static let top = 56.0
  private static let bottom = 396.0
  /// What a line of the legend takes.
  private static let legendLine = 20.0
  /// Colours that are told apart on light and dark grounds; more curves begin anew, dashed.
  private static let colours = 8

  /// 0 is the fastest, 1 the slowest: each step to the right leaves a tenth of what was left.
  private static let percentiles: [Double] = [
    0, 25, 50, 75, 85, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.99, 99.995, 99.999,
  ]
  private static let percentileTicks: [Double] = [50, 90, 99, 99.9, 99.99, 99.999]

  private let report: BenchReport

  init(_ report: BenchReport) {
    self.report = report
  }

  var svg: String {
    let measured = report.results.filter { $0.latency.count > 0 }
    let loaded = Self.byScenario(report.results.filter { $0.load != nil && ($0.value(.rate) ?? 0) > 0 })
    let rows = max(measured.count, loaded.count)
    var drawing = SVG(width: Self.width, height: Int(Self.bottom + 76 + Double(rows) * Self.legendLine))
    drawLatency(measured, &drawing)
    drawThroughput(loaded, &drawing)
    return drawing.document(title: "Latency by percentile, and throughput by load", style: Self.style)
  }

  // MARK: - Latency

  private func drawLatency(_ results: [ScenarioResult], _ drawing: inout SVG) {
    let panel = Self.leftPanel
    let latencies = results.map(\.latency)
    heading("Latency by percentile", panel, &drawing)
    guard
      let vertical = PlotAxis(
        latencies.flatMap { [Double(max($0.percentile(0), 1)), Double($0.max)] }, from: Self.bottom, to: Self.top)
    else { return nothing(panel, &drawing) }
    for tick in vertical.ticks {
      row(vertical.place(tick), FigureText.duration(nanoseconds: tick), panel, &drawing)
    }
    for percentile in Self.percentileTicks {
      column(Self.place(percentile), "\(FigureText.short(percentile)) %", &drawing)
    }
    axes(panel, across: "share of the calls that took no longer", up: "latency", &drawing)
    for (index, result) in results.enumerated() {
      let latency = latencies[index]
      // The tail beyond what so few calls can tell is left out: one call in ten lies beyond the ninetieth of ten.
      let told = Self.percentiles.filter { $0 == 0 || Double(latency.count) * (1 - $0 / 100) >= 1 }
      let points = told.map { (Self.place($0), vertical.place(Double(max(latency.percentile($0), 1)))) }
      drawing.curve(points.map { (x: $0.0, y: $0.1) }, class: Self.colour(index))
      for percent in [50, 99, 99.9] where told.contains(percent) {
        let value = Double(latency.percentile(percent))
        let text = "\(result.label): p\(FigureText.short(percent)) \(FigureText.duration(nanoseconds: value))"
        drawing.dot(Self.place(percent), vertical.place(max(value, 1)), class: Self.colour(index), text)
      }
      legend(index, result.label, panel, &drawing)
    }
  }

  /// Where a percentile lies: the nines are as far from each other as they are rare.
  private static func place(_ percent: Double) -> Double {
    let left = max(1 - percent / 100, 1e-5)
    return leftPanel.lowerBound - Logarithm.decimal(left) / 5 * (leftPanel.upperBound - leftPanel.lowerBound)
  }

  // MARK: - Throughput

  /// The runs of each scenario with the same parameters, each with another load.
  private static func byScenario(_ results: [ScenarioResult]) -> [(title: String, results: [ScenarioResult])] {
    var scenarios: [(title: String, results: [ScenarioResult])] = []
    for result in results {
      if let index = scenarios.firstIndex(where: { $0.title == result.title }) {
        scenarios[index].results.append(result)
      } else {
        scenarios.append((result.title, [result]))
      }
    }
    return scenarios.map { ($0.title, $0.results.sorted { inFlight($0) < inFlight($1) }) }
  }

  /// Calls that are under way on all connections together.
  private static func inFlight(_ result: ScenarioResult) -> Double {
    Double(result.load?.connections ?? 0) * Double(result.load?.inFlight ?? 0)
  }

  private func drawThroughput(_ scenarios: [(title: String, results: [ScenarioResult])], _ drawing: inout SVG) {
    let panel = Self.rightPanel
    let results = scenarios.flatMap(\.results)
    heading("Throughput by load", panel, &drawing)
    guard
      let across = PlotAxis(results.map(Self.inFlight), from: panel.lowerBound, to: panel.upperBound),
      let up = PlotAxis(results.compactMap { $0.value(.rate) }, from: Self.bottom, to: Self.top)
    else { return nothing(panel, &drawing) }
    for tick in up.ticks { row(up.place(tick), FigureText.short(tick), panel, &drawing) }
    for tick in across.ticks { column(across.place(tick), FigureText.short(tick), &drawing) }
    axes(panel, across: "calls in flight, on all connections together", up: "a second", &drawing)
    for (index, scenario) in scenarios.enumerated() {
      let points = scenario.results.map {
        (x: across.place(Self.inFlight($0)), y: up.place($0.value(.rate) ?? 0), result: $0)
      }
      if points.count > 1 { drawing.curve(points.map { ($0.x, $0.y) }, class: Self.colour(index)) }
      for point in points {
        let rate = FigureText.number(point.result.value(.rate) ?? 0)
        drawing.dot(
          point.x, point.y, class: Self.colour(index), "\(point.result.label): \(rate) \(point.result.things)/s")
      }
      legend(index, "\(scenario.title), \(scenario.results[0].things) a second", panel, &drawing)
    }
  }

  // MARK: - Frame

  private func heading(_ text: String, _ panel: ClosedRange<Double>, _ drawing: inout SVG) {
    drawing.text(text, panel.lowerBound, Self.top - 24, class: "heading")
  }

  private func nothing(_ panel: ClosedRange<Double>, _ drawing: inout SVG) {
    drawing.text("nothing was measured", panel.lowerBound, Self.top + 24)
  }

  private func row(_ y: Double, _ label: String, _ panel: ClosedRange<Double>, _ drawing: inout SVG) {
    drawing.line(panel.lowerBound, y, panel.upperBound, y, class: "grid")
    drawing.text(label, panel.lowerBound - 8, y + 4, .end)
  }

  private func column(_ x: Double, _ label: String, _ drawing: inout SVG) {
    drawing.line(x, Self.top, x, Self.bottom, class: "grid")
    drawing.text(label, x, Self.bottom + 18, .middle)
  }

  private func axes(_ panel: ClosedRange<Double>, across: String, up: String, _ drawing: inout SVG) {
    let middle = (panel.lowerBound + panel.upperBound) / 2
    drawing.text(across, middle, Self.bottom + 40, .middle, class: "axis")
    drawing.text(up, panel.lowerBound - 72, (Self.top + Self.bottom) / 2, .middle, class: "axis", turned: true)
  }

  private func legend(_ index: Int, _ text: String, _ panel: ClosedRange<Double>, _ drawing: inout SVG) {
    let y = Self.bottom + 66 + Double(index) * Self.legendLine
    drawing.line(panel.lowerBound, y - 4, panel.lowerBound + 22, y - 4, class: Self.colour(index))
    drawing.text(text, panel.lowerBound + 30, y)
  }

  private static func colour(_ index: Int) -> String {
    index < colours ? "c\(index)" : "c\(index % colours) dashed"
  }

  /// The colours of Okabe and Ito, which the colour-blind tell apart, darker on light grounds and lighter on dark ones.
  private static let style: String = {
    let light = ["#0072b2", "#c04e00", "#00795a", "#a8347a", "#7a6a00", "#3b82a8", "#5b3fb0", "#555555"]
    let dark = ["#56b4e9", "#ff9a4d", "#2fc79e", "#f08cc4", "#f0e442", "#9bd3f5", "#b9a5ff", "#bbbbbb"]
    func rules(_ colours: [String], _ ink: String, _ faint: String, _ ground: String) -> String {
      let curves = colours.enumerated().map { ".c\($0){stroke:\($1)} circle.c\($0){fill:\($1)}" }
      return "svg{background:\(ground)} text{fill:\(ink)} .grid{stroke:\(faint)} " + curves.joined(separator: " ")
    }
    return "text{font:12px system-ui,sans-serif} .heading{font-size:16px;font-weight:600} .axis{font-size:13px} "
      + "line,polyline{fill:none;stroke-width:2} .grid{stroke-width:1} .dashed{stroke-dasharray:5 4}\n"
      + rules(light, "#1f2328", "#dfe3e8", "#ffffff")
      + "\n@media (prefers-color-scheme: dark){" + rules(dark, "#e6e8eb", "#343a42", "#15181c") + "}"
  }()
}
