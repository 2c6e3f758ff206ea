/// What the services offer besides what the store does.
public struct ServiceSettings: Sendable {
  /// Plays the third parties; nil where they are real.
  public var sandbox: SandboxSettings?
  /// Threads that check signatures and read the log.
  public var workers: Int

  public init(sandbox: SandboxSettings?, workers: Int) {
    self.sandbox = sandbox
    self.workers = workers
  }
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
