internal import System

/// What the processors of the machine have done so far, as `/proc/stat` counts it; the difference of two tells what
/// went on between.
struct MachineLoad: Equatable, Sendable {
  /// The kernel counts in hundredths of a second wherever Linux runs (USER_HZ).
  private static let microsecondsATick: UInt64 = 10_000
  /// What others may take of the processors before figures are doubted.
  private static let mostOfOthers = 0.10
  /// What the host may take of them.
  private static let mostStolen = 0.02

  /// Time of all processors together, in ticks.
  var total: UInt64
  /// Not doing anything, or waiting for a disk.
  var idle: UInt64
  /// Taken by the host for other machines.
  var stolen: UInt64

  /// As it is now; nil where `/proc` does not tell.
  static func now() -> MachineLoad? {
    guard let text = try? InputFile.read("/proc/stat", limit: 1 << 20) else { return nil }
    return MachineLoad(String(decoding: text, as: UTF8.self))
  }

  init(total: UInt64, idle: UInt64, stolen: UInt64) {
    self.total = total
    self.idle = idle
    self.stolen = stolen
  }

  /// Reads `/proc/stat`; nil when it is not that.
  init?(_ text: String) {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("cpu ") }) else { return nil }
    // user nice system idle iowait irq softirq steal; guests follow, and are in "user" already.
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { UInt64($0) }
    guard ticks.count == 8, ticks.allSatisfy({ $0 < 1 << 56 }) else { return nil }
    self.init(total: ticks.reduce(0, +), idle: ticks[3] + ticks[4], stolen: ticks[7])
  }

  /// Why what was measured since deserves less trust; empty when the machine was ours.
  ///
  /// - Parameter ownMicroseconds: processor time that the measured processes took meanwhile.
  func doubts(since before: MachineLoad, ownMicroseconds: Int64) -> [String] {
    guard total > before.total, idle >= before.idle, stolen >= before.stolen else { return [] }
    let passed = Double(total - before.total)
    let steal = Double(stolen - before.stolen)
    let own = Double(max(ownMicroseconds, 0)) / Double(Self.microsecondsATick)
    let others = max(passed - Double(idle - before.idle) - steal - own, 0)
    var doubts: [String] = []
    if others / passed > Self.mostOfOthers {
      doubts.append(
        "the machine was busy: other processes took \(FigureText.percent(others / passed)) of its processors")
    }
    if steal / passed > Self.mostStolen {
      doubts.append("the host took \(FigureText.percent(steal / passed)) of the processors for others")
    }
    return doubts
  }
}

extension BenchReport {
  /// A figure whose repetitions lie further apart than this share of the middle one is doubted: 20 %.
  private static let widestSpread = 0.20

  /// Adds what the machine's processors did besides since `before`; nothing where that is not known.
  ///
  /// - Parameter ownMicroseconds: processor time that the measured processes took meanwhile.
  mutating func doubtMachine(since before: MachineLoad?, ownMicroseconds: Int64) {
    guard let before, let after = MachineLoad.now() else { return }
    warnings += after.doubts(since: before, ownMicroseconds: ownMicroseconds)
  }

  /// Adds a warning for each result whose repetitions lie far apart.
  mutating func doubtWideSpreads() {
    for result in results {
      guard let rate = result.spread({ $0.rate }), rate.width > Self.widestSpread else { continue }
      warnings.append(
        "\(result.label): the repetitions lie \(FigureText.percent(rate.width)) of their middle apart")
    }
  }
}
