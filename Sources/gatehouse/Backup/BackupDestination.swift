internal import GatehouseAPI
internal import Journal
internal import Store
internal import System

/// Where a backup goes. Bytes come in the order of the plan, without gaps.
protocol BackupDestination: AnyObject {
  /// Where an earlier backup was cut off: what to ask the server for; nil when a new one is to be begun.
  var unfinished: GatehouseV1.BackupRequest? { get }

  /// A new backup begins.
  func begin(_ plan: GatehouseV1.BackupPlan) throws(CommandFailure)

  /// Takes the next bytes of a file.
  func write(_ bytes: [UInt8], of file: Int, at offset: Int) throws(CommandFailure)

  /// The file has all its bytes.
  func complete(_ file: Int) throws(CommandFailure)

  /// Every file is complete.
  func finish() throws(CommandFailure)

  /// Reads back what was written, as a start would; nil where that cannot be done.
  func verify() throws(CommandFailure) -> BackupVerdict?
}

/// What reading a backup back has found.
struct BackupVerdict: Equatable {
  let revision: UInt64
  let chain: UInt64
  /// Damage that a start would not refuse.
  let findings: [String]
}

extension BackupVerdict {
  /// Reads a data directory as "log verify" does.
  init(reading directory: String, _ fileSystem: some FileSystem) throws(CommandFailure) {
    do throws(JournalError) {
      let found = try CustomerStore.verify(directory: directory, fileSystem: fileSystem)
      self.init(revision: found.report.lastRevision, chain: found.chain, findings: found.findings.map(\.description))
    } catch {
      throw CommandFailure(.journalDamaged, "the backup is not sound, and must not be used: \(error)")
    }
  }
}

extension CommandFailure {
  /// What is wrong with the place that a backup is to go to.
  static func backup(_ path: String, _ problem: String, hint: String? = nil) -> CommandFailure {
    CommandFailure(.failure, "\(path) \(problem)", details: hint.map { [$0] } ?? [])
  }
}
