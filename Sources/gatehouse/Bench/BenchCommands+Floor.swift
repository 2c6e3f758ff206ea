internal import System

extension BenchCommands {
  private static let connections = Setting(
    "connections", .number("N", 1...10_000), default: "50", "How many connections the echo is measured on.")
  private static let inFlight = Setting(
    "in-flight", .number("N", 1...100_000), default: "64", "How many messages are under way on each connection.")
  private static let requestBytes = Setting(
    "request-bytes", .byteCount(1...1 << 20), default: "180", "The size of a call's frame.")
  private static let replyBytes = Setting(
    "reply-bytes", .byteCount(1...1 << 20), default: "760", "The size of the frame that answers it.")
  private static let logBytes = Setting(
    "log-bytes", .byteCount(1...1 << 20), default: "200", "What a call adds to the log.")
  private static let floorDirectory = Setting(
    "directory", .text("DIR"),
    "A directory on the disk that is measured: the one that the server uses. A temporary directory unless given.")
  private static let floorDuration = Setting(
    "duration", .duration(1_000...3_600_000_000), default: "1s", "How long each floor is measured.")

  static let floor = Subcommand(
    name: "floor", summary: "measures what this machine allows at best",
    discussion: """
      The disk: writing a block into a file of zeros and flushing it, as the log does, for one call and for all calls \
      in flight. The network: messages of the same sizes as a call and its answer, sent to a thread that answers \
      without looking at them, one at a time and with as many in flight. Defaults are the sizes of CreateCustomer.
      """,
    flags: [
      floorDirectory.flag, connections.flag, inFlight.flag, requestBytes.flag, replyBytes.flag, logBytes.flag,
      floorDuration.flag, ClientFlags.json.flag,
    ]
  ) { arguments, console throws(CommandFailure) in
    let plan = FloorPlan(
      requestBytes: Int(try arguments.value(requestBytes) ?? 1), replyBytes: Int(try arguments.value(replyBytes) ?? 1),
      logBytes: Int(try arguments.value(logBytes) ?? 1),
      nanoseconds: UInt64(try arguments.value(floorDuration) ?? 0) * 1000)
    let load = ScenarioResult.Load(
      connections: Int(try arguments.value(connections) ?? 1), inFlight: Int(try arguments.value(inFlight) ?? 1))
    let report: BenchReport
    if let directory = try arguments.value(floorDirectory) {
      report = try measure(plan, load, directory)
    } else {
      let directory = try temporaryDirectory()
      report = try measure(plan, load, directory.path)
    }
    if try arguments.isOn(ClientFlags.json) {
      console.print(report.json.text)
    } else {
      for line in report.lines(console.palette) { console.print(line) }
    }
  }

  private static func measure(
    _ plan: FloorPlan, _ load: ScenarioResult.Load, _ directory: String
  ) throws(CommandFailure) -> BenchReport {
    CurrentProcess.raiseDescriptorLimit()
    let before = MachineLoad.now()
    let processor = ResourceUsage.processorTime()
    var report = BenchReport(machine: .init(directory: directory))
    do throws(SystemError) {
      report.floors = try plan.floors(at: load, in: directory)
    } catch {
      throw CommandFailure(.failure, "cannot measure the floors: \(error)")
    }
    report.doubtMachine(since: before, ownMicroseconds: ResourceUsage.processorTime() - processor)
    return report
  }
}
