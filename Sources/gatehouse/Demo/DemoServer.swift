/// The server that the demonstration shows: this program again, as a process of its own.
final class DemoServer {
  /// How long challenges are accepted, in microseconds: long enough to sign at once, short enough to see one expire.
  static let challengeTimeToLive: Int64 = 3_000_000

  private let directory: String
  private var child: ServerChild

  /// What the process was started with.
  static let words = [
    "serve", "--listen", "127.0.0.1:0", "--sandbox", "--sandbox-screening", "manual", "--challenge-ttl",
    TimeSpan.text(challengeTimeToLive),
  ]

  /// Starts a server that keeps its data in a directory's `data`, and its log beside that.
  init(directory: String) throws(CommandFailure) {
    self.directory = directory
    child = try Self.start(directory)
  }

  var address: HostPort { child.address }
  var processIdentifier: Int32 { child.processIdentifier }

  private static func start(_ directory: String) throws(CommandFailure) -> ServerChild {
    try ServerChild(words.dropFirst() + ["--data", "\(directory)/data"], logFile: "\(directory)/log")
  }

  /// Ends the process as a loss of power would: `kill -9`.
  func crash() -> Bool {
    child.crash()
  }

  /// Starts it again on the same data.
  func restart() throws(CommandFailure) {
    child = try Self.start(directory)
  }

  /// Stops it gracefully; whether it ended with exit code 0.
  func stop() -> Bool {
    child.stop()
  }

  /// The last lines that the server logged.
  func log() -> [String] {
    child.log()
  }
}
