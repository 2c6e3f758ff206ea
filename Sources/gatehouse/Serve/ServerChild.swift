internal import System

/// This program's server, as a process of its own. Not to be shared between threads.
final class ServerChild {
  /// How long a start or a stop may take before it counts as failed, in milliseconds: far more than it does.
  private static let patience: Int32 = 10_000
  private static let greeting = "gatehouse: listening on "

  private let process: ChildProcess
  private let logFile: String
  let address: HostPort

  /// Starts a server and waits until it takes connections.
  ///
  /// - Parameters:
  ///   - words: behind "serve".
  ///   - logFile: what the server logs is appended there.
  ///   - isApart: whether Ctrl-C at the terminal is not for it.
  init(_ words: [String], logFile: String, isApart: Bool = false) throws(CommandFailure) {
    self.logFile = logFile
    do {
      process = try ChildProcess(
        executable: CurrentProcess.executable, arguments: ["serve"] + words,
        environment: Self.inherited(["PATH", "HOME", "LD_LIBRARY_PATH"]), errorFile: logFile, isApart: isApart)
    } catch {
      throw CommandFailure(.failure, "cannot start the server: \(error)")
    }
    guard let line = process.nextLine(within: Self.patience), line.hasPrefix(Self.greeting),
      let address = try? HostPort(String(line.dropFirst(Self.greeting.count)))
    else {
      let ending = process.kill()
      throw CommandFailure(.failure, "the server did not start (\(ending))", details: Self.log(logFile))
    }
    self.address = address
  }

  var processIdentifier: Int32 { process.id }

  /// Ends the process as a loss of power would: `kill -9`.
  func crash() -> Bool {
    process.kill() == .killed(signal: 9)
  }

  /// Stops it gracefully; whether it ended with exit code 0.
  func stop() -> Bool {
    process.stop(within: Self.patience) == .exited(0)
  }

  /// The last lines that the server logged.
  func log() -> [String] {
    Self.log(logFile)
  }

  private static func log(_ file: String) -> [String] {
    let bytes = (try? InputFile.read(file, limit: 1 << 20)) ?? []
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").suffix(10).map { "server: \($0)" }
  }

  /// What a server needs to run; none of the variables that stand for its flags.
  private static func inherited(_ names: [String]) -> [String] {
    names.compactMap { name in CurrentProcess.environment(name).map { "\(name)=\($0)" } }
  }
}
