internal import System

/// The server that the demonstration shows: this program again, as a process of its own.
final class DemoServer {
  /// How long a start or a stop may take before it counts as failed, in milliseconds: far more than it does.
  private static let patience: Int32 = 10_000

  /// How long challenges are accepted, in microseconds: long enough to sign at once, short enough to see one expire.
  static let challengeTimeToLive: Int64 = 3_000_000

  private let directory: String
  private var child: ChildProcess
  private(set) var address: HostPort

  /// What the process was started with.
  static let words = [
    "serve", "--listen", "127.0.0.1:0", "--sandbox", "--sandbox-screening", "manual", "--challenge-ttl",
    TimeSpan.text(challengeTimeToLive),
  ]

  /// Starts a server that keeps its data in a directory's `data`, and its log beside that.
  init(directory: String) throws(CommandFailure) {
    self.directory = directory
    (child, address) = try Self.start(directory)
  }

  var processIdentifier: Int32 { child.id }

  private static func start(_ directory: String) throws(CommandFailure) -> (ChildProcess, HostPort) {
    let child: ChildProcess
    do {
      child = try ChildProcess(
        executable: CurrentProcess.executable, arguments: words + ["--data", "\(directory)/data"],
        environment: inherited(["PATH", "HOME", "LD_LIBRARY_PATH"]), errorFile: "\(directory)/log")
    } catch {
      throw CommandFailure(.failure, "cannot start the server: \(error)")
    }
    let greeting = "gatehouse: listening on "
    guard let line = child.nextLine(within: patience), line.hasPrefix(greeting),
      let address = try? HostPort(String(line.dropFirst(greeting.count)))
    else {
      let ending = child.kill()
      throw CommandFailure(.failure, "the server did not start (\(ending))", details: log(directory))
    }
    return (child, address)
  }

  /// Ends the process as a loss of power would: `kill -9`.
  func crash() -> Bool {
    child.kill() == .killed(signal: 9)
  }

  /// Starts it again on the same data.
  func restart() throws(CommandFailure) {
    (child, address) = try Self.start(directory)
  }

  /// Stops it gracefully; whether it ended with exit code 0.
  func stop() -> Bool {
    child.stop(within: Self.patience) == .exited(0)
  }

  /// The last lines that the server logged.
  func log() -> [String] {
    Self.log(directory)
  }

  private static func log(_ directory: String) -> [String] {
    let bytes = (try? InputFile.read("\(directory)/log", limit: 1 << 20)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(10).map { "server: \($0)" }
  }

  /// What a server needs to run; none of the variables that stand for its flags.
  private static func inherited(_ names: [String]) -> [String] {
    names.compactMap { name in CurrentProcess.environment(name).map { "\(name)=\($0)" } }
  }
}
