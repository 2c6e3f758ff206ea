internal import Journal
internal import System

/// Does every damage there is to a small log, and holds what a start makes of it against what was promised: it serves
/// everything that was acknowledged, or it refuses, says where, and leaves the disk as it is. Verifying says the same
/// as starting does.
///
/// What the whole search has shown of the two files with two slots, where a slot that is damaged counts for nothing:
///
/// - A manifest that falls back to its older slot never serves less. The two differ in what the newer one was written
///   for:
///   - A segment was listed, and the one before it sealed. The segment that the older slot does not know holds blocks,
///     then it is refused as one that holds data and is not listed; or it is empty, then the log ends in the segment
///     before, which the older slot has as the active one, and the watermark says whether its end is the log's. Where
///     the segment that was sealed was also cut, its size is not what the older slot says, and it is refused.
///   - A snapshot was listed: the start goes on from the one before, and replays more.
///   - Segments were let go: their files are missing, and it is refused.
/// - A watermark that falls back to its older slot attests less, and nothing else is damaged then: the log is read whole.
struct DamageSearch {
  private(set) var cases = 0
  private(set) var refusals = 0
  private(set) var violations: [String] = []
  /// Told of each case before it is tried.
  var willTry: ((_ name: String) -> Void)?

  private let logs: [ReferenceLog]
  private let foreign: ReferenceLog
  init(ends: [ReferenceLog.End] = ReferenceLog.End.allCases) throws {
    logs = try ends.map { try ReferenceLog($0) }
    foreign = try ReferenceLog(.closed, storeID: [UInt8](repeating: 0x7e, count: StoreID.byteCount))
  }

  /// - Parameters:
  ///   - share: of the kinds that there are many of, tries every so many. A prime number takes some of each bit.
  ///   - told: ends behind so many violations.
  mutating func run(share: Int = 1, told: Int = 20) {
    for log in logs {
      if let objection = objection(to: log.image, log, .delete("")) { violations.append("\(log.end): \(objection)") }
      var number = 0
      Damage.forEach(of: log, foreign: foreign) { damage in
        if damage.isOneOfMany { number += 1 }
        if number % share == 0 || !damage.isOneOfMany, violations.count < told { attempt(damage, log) }
      }
    }
  }

  /// One case by its name.
  ///
  /// - Returns: false when there is none of that name.
  mutating func run(case name: String) -> Bool {
    guard let colon = name.firstIndex(of: ":"), let log = logs.first(where: { name.hasPrefix("\($0.end):") }),
      let damage = Damage(String(name[name.index(after: colon)...]))
    else { return false }
    var isThere = false
    Damage.forEach(of: log, foreign: foreign) { isThere = isThere || $0 == damage }
    guard isThere else { return false }
    attempt(damage, log)
    return true
  }

  private mutating func attempt(_ damage: Damage, _ log: ReferenceLog) {
    let name = "\(log.end):\(damage)"
    willTry?(name)
    cases += 1
    if let objection = objection(to: damage.done(to: log, foreign: foreign), log, damage) {
      violations.append("\(name): \(objection)")
    }
  }

  // MARK: One case

  private struct Outcome: CustomStringConvertible {
    var replayed: [Digest] = []
    var cutBytes = 0
    var error: JournalError?
    /// What is wrong and does not keep the log from being served.
    var findings: [JournalError] = []

    func isSame(as other: Outcome) -> Bool {
      replayed == other.replayed && cutBytes == other.cutBytes && error == other.error
    }

    var description: String {
      error.map { "\($0)" } ?? "\(replayed.count) records, \(cutBytes) bytes to be cut"
    }
  }

  private mutating func objection(to image: DiskImage, _ log: ReferenceLog, _ damage: Damage) -> String? {
    let disk = SimulatedDisk(image)
    let opened = open(disk)
    if let error = opened.error {
      refusals += 1
      guard disk.image == image else { return "refused, but changed the disk: \(error)" }
      return objection(to: error, damage) ?? objectionToVerifying(image, opened, damage)
    }
    var oracle = log.oracle
    // A segment that turned back to what the watermark on the disk attests is whole by all that is known: the one damage
    // that is told by nothing, in the one second of a loss of power.
    if log.end == .unwatched, case .stale = damage { oracle.limit(to: log.attested) }
    if let objection = oracle.objection(to: opened.replayed) { return objection }
    return objectionToVerifying(image, opened, damage) ?? objectionToServing(disk, opened.replayed)
  }

  /// Reading to verify is what opening begins with: what holds for one of so many cases holds for all.
  private static let verifiedShare = 16

  /// Verifying says what opening does, and changes nothing. It reads also what opening passes over, and finds there what
  /// is damaged.
  private func objectionToVerifying(_ image: DiskImage, _ opened: Outcome, _ damage: Damage) -> String? {
    let isPassedOver = opened.error == nil && damage.isWithinFile && FileNames.isImmutable(damage.file)
    guard cases % Self.verifiedShare == 0 || isPassedOver else { return nil }
    let disk = SimulatedDisk(image)
    let verified = verify(disk)
    guard disk.image == image else { return "verifying has changed the disk" }
    guard verified.isSame(as: opened) else { return "verifying says \(verified), opening \(opened)" }
    guard isPassedOver else { return nil }
    return verified.findings.contains { $0.path == ReferenceLog.path(damage.file) && $0.offset != nil }
      || opened.cutBytes > 0 ? nil : "served, and verifying finds nothing"
  }

  /// What was served once is served again.
  private func objectionToServing(_ disk: SimulatedDisk, _ replayed: [Digest]) -> String? {
    guard cases % Self.verifiedShare == 0 else { return nil }
    let again = verify(SimulatedDisk(disk.image.afterSynchronizing))
    return again.replayed == replayed ? nil : "served, and then \(again)"
  }

  private func objection(to error: JournalError, _ damage: Damage) -> String? {
    guard error.path.hasPrefix(Workload.directory), !error.detail.isEmpty, error.kind != .disk else {
      return "the refusal does not say what is wrong: \(error)"
    }
    if damage.isWithinFile, FileNames.isSegment(damage.file) {
      guard error.path == ReferenceLog.path(damage.file), error.offset != nil else {
        return "the refusal does not say where: \(error)"
      }
    }
    return nil
  }

  private func open(_ disk: SimulatedDisk) -> Outcome {
    var outcome = Outcome()
    do throws(JournalError) {
      let opened = try Journal.open(disk, ReferenceLog.options())
      outcome.replayed = opened.records
      outcome.cutBytes = opened.report.cutBytes
    } catch {
      // What came before a refusal is to be forgotten.
      outcome = Outcome(error: error)
    }
    return outcome
  }

  private func verify(_ disk: SimulatedDisk) -> Outcome {
    var outcome = Outcome()
    var replay = Replay()
    do throws(JournalError) {
      let found = try Journal.verify(directory: Workload.directory, fileSystem: disk) {
        (piece) throws(ReplayError) in
        try replay.restore(piece)
      } replay: {
        replay.replay($0)
      }
      outcome.replayed = replay.records
      outcome.cutBytes = found.tornTail?.bytes ?? 0
      outcome.findings = found.findings
    } catch {
      // What came before a refusal is to be forgotten.
      outcome = Outcome(error: error)
    }
    return outcome
  }
}
