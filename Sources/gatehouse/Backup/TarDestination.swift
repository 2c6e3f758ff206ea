internal import GatehouseAPI
internal import Journal
internal import System

/// A backup as one tar archive: a file, which gets its name when all of it is on the disk, or standard output.
final class TarDestination: BackupDestination {
  /// Where the archive goes.
  private enum Sink {
    case output
    case file(path: String, index: BackupIndex)
  }

  private let sink: Sink
  private(set) var unfinished: GatehouseV1.BackupRequest?
  private var plan = GatehouseV1.BackupPlan()
  private var layout = TarLayout(entries: [], modifiedAt: 0)
  private var archive: (any File)?
  /// Bytes of the archive that were written.
  private var written = 0

  /// An archive on standard output.
  init() {
    sink = .output
  }

  /// - Parameter resumes: whether to go on with the archive that was begun there.
  init(_ path: String, resumes: Bool) throws(CommandFailure) {
    let index = BackupIndex(path: path + ".BACKUP.partial")
    sink = .file(path: path, index: index)
    guard try !BackupFiles.exists(path) else { throw .backup(path, "is there already") }
    let request = try index.read()
    if resumes {
      guard let request, let plan = request.plan else {
        throw .backup(path, "was not begun: there is nothing to go on with", hint: "Leave --resume out to begin it.")
      }
      unfinished = request
      take(plan)
      written = layout.start(of: Int(request.file))
      archive = try BackupFiles.open(path + ".partial", keeping: written)
    } else if request != nil {
      throw .backup(
        path, "was begun and not finished",
        hint: "--resume goes on with it; remove \(path).partial and \(index.path) to begin anew.")
    }
  }

  private func take(_ plan: GatehouseV1.BackupPlan) {
    self.plan = plan
    layout = TarLayout(
      entries: plan.files.map { TarLayout.Entry(name: $0.name, bytes: Int($0.bytes)) },
      modifiedAt: WallClock.now() / 1_000_000)
  }

  func begin(_ plan: GatehouseV1.BackupPlan) throws(CommandFailure) {
    take(plan)
    guard case .file(let path, _) = sink else { return }
    archive = try BackupFiles.open(path + ".partial", keeping: 0)
    try note(complete: 0)
  }

  private func note(complete files: Int) throws(CommandFailure) {
    guard case .file(_, let index) = sink else { return }
    var request = GatehouseV1.BackupRequest()
    request.plan = plan
    request.file = UInt32(files)
    try index.write(request)
  }

  func write(_ bytes: [UInt8], of file: Int, at offset: Int) throws(CommandFailure) {
    if offset == 0 { try append(layout.header(of: file)) }
    try append(bytes)
  }

  private func append(_ bytes: [UInt8]) throws(CommandFailure) {
    switch sink {
    case .output:
      guard StandardStream.output.write(bytes) else {
        throw CommandFailure(.failure, "standard output takes no more: the archive is not whole")
      }
    case .file(let path, _):
      guard let archive else { return }
      let offset = written
      try BackupFiles.at(path) { (_) throws(SystemError) in try archive.write(bytes, at: offset) }
    }
    written += bytes.count
  }

  func complete(_ file: Int) throws(CommandFailure) {
    try append(layout.padding(of: file))
    guard case .file(let path, _) = sink, let archive else { return }
    try BackupFiles.at(path) { (_) throws(SystemError) in try archive.synchronize() }
    try note(complete: file + 1)
  }

  func finish() throws(CommandFailure) {
    try append(layout.end)
    guard case .file(let path, let index) = sink, let archive else { return }
    try BackupFiles.at(path) { (_) throws(SystemError) in try archive.synchronize() }
    try BackupFiles.rename(path + ".partial", to: path)
    try index.remove()
  }

  func verify() throws(CommandFailure) -> BackupVerdict? {
    guard case .file(let path, _) = sink else { return nil }
    let reading = try BackupFiles.at(path) { (_) throws(SystemError) in
      try TarFileSystem.open(path, folderOf: Journal.landmark)
    }
    switch reading {
    case .success(let archive): return try BackupVerdict(reading: path, archive)
    case .failure(let problem):
      throw CommandFailure(
        .journalDamaged, "the backup is not sound, and must not be used: \(path), offset \(problem.offset): \(problem)")
    }
  }
}
