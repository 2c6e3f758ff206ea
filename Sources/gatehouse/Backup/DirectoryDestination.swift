internal import GatehouseAPI
internal import System

/// A backup as a data directory. A file gets its name when all of it is on the disk.
final class DirectoryDestination: BackupDestination {
  private static let indexName = "BACKUP.partial"
  private static let unfinishedSuffix = ".partial"

  private let path: String
  private let index: BackupIndex
  private(set) var unfinished: GatehouseV1.BackupRequest?
  private var plan = GatehouseV1.BackupPlan()
  /// The file that is being written.
  private var open: (file: any File, path: String, index: Int)?

  /// - Parameter resumes: whether to go on with the backup that is there.
  /// - Throws: when the directory holds something else, or nothing to go on with.
  init(_ path: String, resumes: Bool) throws(CommandFailure) {
    self.path = path
    index = BackupIndex(path: "\(path)/\(Self.indexName)")
    let names = try BackupFiles.names(in: path) ?? []
    let isUnfinished = names.contains(Self.indexName)
    if resumes {
      guard isUnfinished, let request = try index.read(), let plan = request.plan else {
        throw .backup(path, "holds no unfinished backup to go on with", hint: "Leave --resume out to begin a new one.")
      }
      unfinished = request
      self.plan = plan
      return
    }
    guard !isUnfinished else {
      throw .backup(path, "holds an unfinished backup", hint: "--resume goes on with it; remove it to begin anew.")
    }
    guard names.isEmpty else { throw .backup(path, "is not empty", hint: "A backup goes into a directory of its own.") }
  }

  private func path(of file: Int) -> String { "\(path)/\(plan.files[file].name)" }

  func begin(_ plan: GatehouseV1.BackupPlan) throws(CommandFailure) {
    self.plan = plan
    try BackupFiles.at(path) { (system) throws(SystemError) in
      try system.createDirectoryIfMissing(path)
      try system.synchronizeDirectory(PathText.parent(of: path))
    }
    try note(complete: 0)
  }

  private func note(complete files: Int) throws(CommandFailure) {
    var request = GatehouseV1.BackupRequest()
    request.plan = plan
    request.file = UInt32(files)
    try index.write(request)
  }

  func write(_ bytes: [UInt8], of file: Int, at offset: Int) throws(CommandFailure) {
    let target: any File
    if let open, open.index == file {
      target = open.file
    } else {
      let unfinished = path(of: file) + Self.unfinishedSuffix
      target = try BackupFiles.open(unfinished, keeping: offset)
      open = (target, unfinished, file)
    }
    try BackupFiles.at(path(of: file)) { (_) throws(SystemError) in try target.write(bytes, at: offset) }
  }

  func complete(_ file: Int) throws(CommandFailure) {
    if let open {
      try BackupFiles.at(open.path) { (_) throws(SystemError) in try open.file.synchronize() }
      try BackupFiles.rename(open.path, to: path(of: file))
    }
    open = nil
    try note(complete: file + 1)
  }

  func finish() throws(CommandFailure) {
    try index.remove()
  }

  func verify() throws(CommandFailure) -> BackupVerdict? {
    try BackupVerdict(reading: path, LinuxFileSystem())
  }
}
