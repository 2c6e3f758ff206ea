internal import Journal
internal import Lifecycle
internal import Store
internal import System

/// Making a data directory of a backup.
enum LogRestoreCommand {
  private static let toRevision = Setting(
    "to-revision", .number("REVISION", 1...UInt64.max), "The last event that is taken.")
  private static let toTime = Setting(
    "to-time", .moment, "Everything up to this moment, RFC 3339 in UTC: the last event not later than it is the last.")
  private static let archive = Setting(
    "archive", .text("ARCHIVEDIR"),
    "Where sealed segments of the same store were handed over; they may overlap with the backup's.")
  private static let sameStore = Switch(
    "same-store", "Keeps the store's id. Never let both copies serve: watchers could not tell them apart.")

  static let command = Subcommand(
    name: "restore", summary: "makes a data directory of a backup, up to a revision or a moment",
    discussion: """
      SOURCE is a backup, as a directory or a .tar file. DIR must be empty or missing; the new store is written beside \
      it, read back, and only then gets its name. It has an id of its own, so that watchers notice. A gap, damage or a \
      foreign segment is refused with exit code 4, and DIR stays as it was.
      """,
    operands: [
      Subcommand.Operand(name: "SOURCE", summary: "The backup: a data directory, or a .tar of one."),
      Subcommand.Operand(name: "DIR", summary: "Where the new store is put."),
    ],
    flags: [toRevision.flag, toTime.flag, archive.flag, sameStore.flag, LogCommands.yes.flag]
  ) { arguments, console throws(CommandFailure) in
    let target = try target(arguments)
    let place = try StorePlace(arguments.operands[1])
    try place.requireEmpty()
    let restoration = try restoration(arguments.operands[0], try arguments.value(archive))
    let unfinished = place.beside("restoring")
    try place.clear(unfinished, isConfirmed: try arguments.isOn(LogCommands.yes), console)
    let storeID = try arguments.isOn(sameStore) ? restoration.storeID : .random()
    let store = try write(restoration, upTo: target, as: storeID, to: unfinished, console)
    try place.take(unfinished)
    for line in LogCommands.lines(store) { console.print(line) }
  }

  private static func target(_ arguments: Arguments) throws(CommandFailure) -> RewritingTarget {
    switch (try arguments.value(toRevision), try arguments.value(toTime)) {
    case (nil, nil): return .everything
    case (let revision?, nil): return .revision(revision)
    case (nil, let time?): return .time(Timestamp(microseconds: time))
    case (_?, _?): throw arguments.usage("--to-revision and --to-time do not go together")
    }
  }

  private static func restoration(_ source: String, _ archive: String?) throws(CommandFailure) -> StoreRestoration {
    let fileSystem = try fileSystem(of: PathText.trimmed(source))
    do throws(JournalError) {
      return try StoreRestoration(
        backup: PathText.trimmed(source), fileSystem, archive: archive.map(PathText.trimmed), LinuxFileSystem())
    } catch {
      throw LogCommands.refusal(error)
    }
  }

  /// A directory as it is, or the inside of an archive.
  private static func fileSystem(of source: String) throws(CommandFailure) -> any FileSystem {
    do throws(SystemError) {
      _ = try LinuxFileSystem().list(source)
      return LinuxFileSystem()
    } catch {
      guard error.isNotDirectory else { throw CommandFailure(.diskFailure, "\(source): \(error)") }
    }
    let opened: Result<TarFileSystem, TarFileSystem.Problem>
    do throws(SystemError) {
      opened = try TarFileSystem.open(source, folderOf: Journal.landmark)
    } catch {
      throw CommandFailure(.diskFailure, "\(source): \(error)")
    }
    switch opened {
    case .success(let archive): return archive
    case .failure(let problem):
      throw CommandFailure(.journalDamaged, "\(source), offset \(problem.offset): \(problem)")
    }
  }

  private static func write(
    _ restoration: StoreRestoration, upTo target: RewritingTarget, as storeID: StoreID, to directory: String,
    _ console: Console
  ) throws(CommandFailure) -> RewrittenStore {
    var progress = ProgressLine("restoring", of: restoration.fileBytes, console.note)
    defer { progress.end() }
    do throws(RestorationError) {
      return try restoration.write(upTo: target, as: storeID, to: directory, LinuxFileSystem()) { progress.show($0) }
    } catch {
      // Made a moment ago, and no store.
      TemporaryDirectory.remove(directory)
      switch error {
      case .journal(let error): throw LogCommands.refusal(error)
      case .outOfReach(let why): throw CommandFailure(.failure, "\(why); nothing was restored")
      }
    }
  }
}
