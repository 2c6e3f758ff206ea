/// A figure that two reports are compared by.
struct ComparedFigure: Equatable, Sendable {
  /// What it is called, in tables and in JSON.
  let name: String
  let isBetterLower: Bool
  /// The floor's figure that moves with it when the machine does; nil for what the machine's speed does not change.
  let movesWith: Bound.Figure?
  /// Of one repetition; nil where it was not measured.
  let value: @Sendable (ScenarioRun) -> Double?
  let text: @Sendable (Double) -> String

  static func == (first: ComparedFigure, second: ComparedFigure) -> Bool { first.name == second.name }

  static let all: [ComparedFigure] =
    [
      ComparedFigure(name: "rate", isBetterLower: false, movesWith: .rate, value: { $0.rate > 0 ? $0.rate : nil }) {
        FigureText.number($0) + "/s"
      }
    ] + Histogram.told.map { latency($0.name, $0.percent) } + [
      ComparedFigure(
        name: "server_cpu_us", isBetterLower: true, movesWith: nil,
        value: { $0.perThing($0.serverProcessorMicroseconds) }, text: { FigureText.duration(nanoseconds: $0 * 1000) }),
      ComparedFigure(
        name: "client_cpu_us", isBetterLower: true, movesWith: nil,
        value: { $0.perThing($0.clientProcessorMicroseconds) }, text: { FigureText.duration(nanoseconds: $0 * 1000) }),
      ComparedFigure(
        name: "wire_bytes", isBetterLower: true, movesWith: nil, value: { $0.perThing($0.wireBytes) },
        text: { FigureText.number($0) + " B" }),
      ComparedFigure(
        name: "disk_bytes", isBetterLower: true, movesWith: nil, value: { $0.perThing($0.diskBytes) },
        text: { FigureText.number($0) + " B" }),
      ComparedFigure(
        name: "resident_bytes", isBetterLower: true, movesWith: nil, value: { $0.residentBytes.map { Double($0) } },
        text: { ByteText.short(UInt64($0)) }),
      ComparedFigure(
        name: "errors", isBetterLower: true, movesWith: nil, value: { Double($0.errorCount) }, text: FigureText.number),
    ]

  private static func latency(_ name: String, _ percent: Double) -> ComparedFigure {
    ComparedFigure(
      name: name, isBetterLower: true, movesWith: .p50,
      value: { $0.latency.count == 0 ? nil : Double($0.latency.percentile(percent)) },
      text: { FigureText.duration(nanoseconds: $0) })
  }
}
