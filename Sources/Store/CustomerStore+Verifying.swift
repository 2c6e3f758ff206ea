public import Journal
public import System

extension CustomerStore {
  /// How often a directory is looked at before a finding is believed that is another one each time: then a server is
  /// writing there.
  private static let looks = 5
  /// How long between two looks, in microseconds: longer than a write and its flush take.
  private static let pause: Int64 = 500_000

  /// Verifies the directory of a store as a start would, records included, and changes nothing. The server may be
  /// running: a finding counts when a second look finds the same.
  public static func verify(
    directory: String,
    fileSystem: some FileSystem
  ) throws(JournalError) -> JournalVerification {
    var finding = look(at: directory, fileSystem)
    for _ in 1..<looks {
      if case .success(let sound) = finding, sound.tornTail == nil, sound.findings.isEmpty { break }
      MonotonicClock.wait(microseconds: pause)
      let before = finding
      finding = look(at: directory, fileSystem)
      if finding == before { break }
    }
    return try finding.get()
  }

  private static func look(
    at directory: String,
    _ fileSystem: some FileSystem
  ) -> Result<JournalVerification, JournalError> {
    var state = StoreState(idempotencyWindow: 0)
    return Result { () throws(JournalError) in
      try Journal.verify(directory: directory, fileSystem: fileSystem) { (piece) throws(ReplayError) in
        try state.restore(piece)
      } replay: { (bytes) throws(ReplayError) in
        try state.replay(bytes)
      }
    }
  }
}
