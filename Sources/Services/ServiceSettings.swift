/// What the services offer besides what the store does.
public struct ServiceSettings: Sendable {
  /// Plays the third parties; nil where they are real.
  public var sandbox: SandboxSettings?
  /// Threads that check signatures and read the log.
  public var workers: Int
  /// From how many calls that wait for the store on more are refused: two and a half times what 50 connections with 64
  /// calls in flight each have open, and less than a tenth of a second's work.
  public var mostWaitingCalls = 8192
  /// How many calls are taken of what a loop reads before it sends answers again; the rest is refused. More than 50
  /// connections with 64 calls in flight each have open, and fifteen milliseconds' work: a loop that reads more than
  /// that at a time is behind, and calls wait for it in the kernel's buffers.
  public var mostCallsATurn = 4096
  /// The server's version, as its status tells it.
  public var version = ""

  public init(sandbox: SandboxSettings?, workers: Int) {
    self.sandbox = sandbox
    self.workers = workers
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
