public import Journal

/// What the services offer besides what the store does.
public struct ServiceSettings: Sendable {
  /// Plays the third parties; nil where they are real.
  public var sandbox: SandboxSettings?
  /// Threads that check signatures and read the log.
  public var workers: Int
  /// The server's version, as its status tells it.
  public var version = ""
  /// Takes a snapshot, on a thread of its own, and says once what came of it, from any thread; nil where there are no
  /// snapshots.
  public var takeSnapshot: (@Sendable (@escaping @Sendable (Result<TakenSnapshot, JournalError>) -> Void) -> Void)?

  public init(sandbox: SandboxSettings?, workers: Int) {
    self.sandbox = sandbox
    self.workers = workers
  }
}

/// A snapshot that was asked for.
public struct TakenSnapshot: Sendable {
  public var snapshot: SnapshotStatus
  /// How long it took until it counted.
  public var microseconds: UInt64

  public init(snapshot: SnapshotStatus, microseconds: UInt64) {
    self.snapshot = snapshot
    self.microseconds = microseconds
  }
}

/// What goes over a server's connections.
public struct Traffic: Sendable {
  /// How many are open.
  public var connections: UInt64 = 0
  /// Streaming calls that were opened since the start.
  public var streamsOpened: UInt64 = 0
  /// Unary calls that were taken since the start.
  public var calls: UInt64 = 0

  public init() {}
}

/// How the sandbox plays the third parties.
public struct SandboxSettings: Sendable {
  /// Whether screenings are clear by themselves.
  public var screensAutomatically: Bool
  /// Whether identity verifications are passed by themselves.
  public var verifiesAutomatically: Bool

  public init(screensAutomatically: Bool, verifiesAutomatically: Bool) {
    self.screensAutomatically = screensAutomatically
    self.verifiesAutomatically = verifiesAutomatically
  }
}
