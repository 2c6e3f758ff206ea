internal import Journal
internal import Store
internal import System

/// Making a store of what damage has left.
enum LogRepairCommand {
  static let command = Subcommand(
    name: "repair", summary: "makes a store of what is whole of a damaged data directory",
    discussion: """
      First says what is wrong and what will be lost, and asks, unless --yes is given. The damaged directory is kept \
      as it is, beside, as DIR.damaged-TIME; the store in its place is a new one with an id of its own, because \
      revisions behind what was saved will be used again. A backup is the better choice where there is one: see "log \
      restore". Exit code 3: a server holds the directory. 4: nothing can be saved, or it is not damage but a version \
      that is not known.
      """,
    operands: [LogCommands.directory], flags: [LogCommands.yes.flag]
  ) { arguments, console throws(CommandFailure) in
    let place = try StorePlace(arguments.operands[0])
    let isConfirmed = try arguments.isOn(LogCommands.yes)
    let (lock, finding) = try examine(place.path)
    defer { withExtendedLifetime(lock) {} }
    switch finding {
    case .sound(let found):
      console.print("\(place.path) is sound up to revision \(found.report.lastRevision): nothing was changed")
      for problem in found.findings {
        console.print("of what a start does not need, this is damaged, and cannot be repaired: \(problem)")
      }
    case .damaged(let repair):
      for line in plan(repair) { console.print(line) }
      guard isConfirmed || console.confirms("Go on?") else {
        throw CommandFailure(.failure, "nothing was changed", details: ["--yes repairs it without asking."])
      }
      try run(repair, place, isConfirmed: isConfirmed, console)
    }
  }

  private static func examine(_ path: String) throws(CommandFailure) -> (DirectoryLock, StoreRepair.Finding) {
    do throws(JournalError) {
      let lock = try DirectoryLock(directory: path, fileSystem: LinuxFileSystem())
      return (lock, try StoreRepair.examine(directory: path, fileSystem: LinuxFileSystem()))
    } catch {
      throw LogCommands.refusal(error)
    }
  }

  private static func run(
    _ repair: StoreRepair, _ place: StorePlace, isConfirmed: Bool, _ console: Console
  ) throws(CommandFailure) {
    let unfinished = place.beside("repairing")
    try place.clear(unfinished, isConfirmed: isConfirmed, console)
    var progress = ProgressLine("repairing", of: repair.salvage.fragments.fileBytes, console.note)
    let store: RewrittenStore
    do throws(JournalError) {
      defer { progress.end() }
      store = try repair.write(as: .random(), to: unfinished, LinuxFileSystem()) { progress.show($0) }
    } catch {
      // Made a moment ago, and no store.
      TemporaryDirectory.remove(unfinished)
      throw LogCommands.refusal(error)
    }
    let kept = place.beside("damaged-\(stamp())")
    try place.take(unfinished, keeping: kept)
    console.print("kept       \(kept)")
    for line in LogCommands.lines(store) { console.print(line) }
  }

  /// The present second, such as 20260801T123456Z.
  private static func stamp() -> String {
    let text = TimestampText.utc(microseconds: WallClock.now())
    return text.prefix { $0 != "." }.filter { $0 != "-" && $0 != ":" } + "Z"
  }

  // MARK: What will be lost

  static func plan(_ repair: StoreRepair) -> [String] {
    let salvage = repair.salvage
    let extent = salvage.start.extent
    var lines = ["damaged: \(repair.problem)"]
    lines += salvage.fragments.oddities.filter { $0 != repair.problem }.map { "also: \($0)" }
    let first = salvage.start.baseRevision + 1
    lines.append(
      salvage.start.lastRevision < first
        ? "can be saved: the customers as of revision \(salvage.start.lastRevision), from a snapshot, without a history"
        : "can be saved: the events of revision \(first) to \(salvage.start.lastRevision), in blocks up to "
          + "\(extent.blocks), which ends at offset \(extent.offset) of \(extent.path)")
    if first > 1 {
      lines.append("of what happened before revision \(first) the outcome only, from a snapshot")
    }
    return lines + losses(salvage)
      + ["afterwards: a new store id; the directory as it is now is kept beside, and needs its room"]
  }

  private static func losses(_ salvage: LogSalvage) -> [String] {
    let last = salvage.start.lastRevision
    var lines: [String] = []
    if salvage.lastKnownRevision > last {
      lines.append(
        "will be lost: everything behind revision \(last); there was more, up to revision \(salvage.lastKnownRevision) "
          + "at least")
    } else {
      lines.append("will be lost: whatever was behind revision \(last); nothing tells of any event there")
    }
    if salvage.laterBlocks > 0 {
      lines.append("  \(salvage.laterBlocks) whole blocks that cannot be used, because what they follow is lost")
    }
    if salvage.brokenBytes > 0 {
      lines.append("  \(salvage.brokenBytes) bytes that are no whole block")
    }
    switch salvage.acknowledgement {
    case .certain: lines.append("  callers had been told of some of it: ACKNOWLEDGED CHANGES WILL BE LOST")
    case .unknown: lines.append("  whether callers had been told of any of it cannot be known")
    case .none: lines.append("  nothing says that callers had been told of any of it")
    }
    return lines
  }
}
