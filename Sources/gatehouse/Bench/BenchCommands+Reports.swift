internal import System

// What is done with reports once they are there: beside each other, and drawn. And how a command that makes one hands
// it out.

extension BenchCommands {
  /// A report beyond is none: a run of all scenarios has some megabytes.
  private static let largestReport = 256 << 20

  static let plot = Setting(
    "plot", .text("FILE.svg"),
    "Draws latency by percentile and throughput by load into this file, which is written over.")

  static let compare = Subcommand(
    name: "compare", summary: "compares two reports of the benchmark",
    discussion: """
      Reads what "bench ... --json" wrote, twice. For each scenario that was run alike in both, and each figure: the \
      medians, their ratio, the least and the largest ratio of a repetition of the second report to one of the first, \
      and a verdict. A change is called one when a rank test says that chance would do it in less than one comparison \
      of a hundred, which takes five repetitions each, and when it is 5 % or more. Where the floor that bounds the \
      figure has changed at least as much, the machine is named instead.
      """,
    operands: [
      .init(name: "BEFORE", summary: "The report that the other one is compared with."),
      .init(name: "AFTER", summary: "The report that is compared."),
    ],
    flags: [ClientFlags.json.flag]
  ) { arguments, console throws(CommandFailure) in
    let comparison = ReportComparison(
      before: try readReport(arguments.operands[0]), after: try readReport(arguments.operands[1]))
    if try arguments.isOn(ClientFlags.json) {
      console.print(comparison.json.text)
    } else {
      for line in comparison.lines(console.palette) { console.print(line) }
    }
  }

  static let draw = Subcommand(
    name: "plot", summary: "draws a report of the benchmark",
    discussion: "Reads what \"bench ... --json\" wrote. The drawing can be read on light and on dark grounds.",
    operands: [
      .init(name: "REPORT", summary: "The report."),
      .init(name: "FILE.svg", summary: "Where it is drawn; a file that is there is written over."),
    ]
  ) { arguments, _ throws(CommandFailure) in
    try write(ReportPlot(try readReport(arguments.operands[0])).svg, to: arguments.operands[1])
  }

  /// Prints a report as the flags ask for, and draws it if they do.
  static func hand(out report: BenchReport, _ arguments: Arguments, _ console: Console) throws(CommandFailure) {
    if let path = try arguments.value(plot) { try write(ReportPlot(report).svg, to: path) }
    if try arguments.isOn(ClientFlags.json) {
      console.print(report.json.text)
    } else {
      for line in report.lines(console.palette) { console.print(line) }
    }
  }

  static func readReport(_ path: String) throws(CommandFailure) -> BenchReport {
    let text: [UInt8]
    do throws(SystemError) {
      text = try InputFile.read(path, limit: largestReport)
    } catch {
      throw CommandFailure(.failure, "cannot read \(path): \(error)")
    }
    do throws(JSONError) {
      return try BenchReport(parsing: text)
    } catch {
      let place = error.offset.map { " at byte \($0)" } ?? ""
      throw CommandFailure(.failure, "\(path)\(place): \(error.message)")
    }
  }

  private static func write(_ text: String, to path: String) throws(CommandFailure) {
    do throws(SystemError) {
      let file = try LinuxFileSystem().open(path, .create)
      try file.resize(to: 0)
      try file.write(Array(text.utf8), at: 0)
    } catch {
      throw CommandFailure(.failure, "cannot write \(path): \(error)")
    }
  }
}
