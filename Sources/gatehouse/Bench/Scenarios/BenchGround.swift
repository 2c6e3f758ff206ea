internal import System

/// Where servers are started to be measured, one after the other, and nothing of them is left behind.
final class BenchGround {
  /// What a server of its own is told beyond where it is: that a load from one place is no mistake.
  private static let flags = ["--max-connections", "100000", "--max-streams", "65536"]

  let interruption: BenchInterruption
  let progress: BenchProgress

  /// Begins to wait for Ctrl-C. To be called before any other thread is started.
  init(_ console: Console) throws(CommandFailure) {
    CurrentProcess.raiseDescriptorLimit()
    do {
      interruption = try BenchInterruption()
    } catch {
      throw CommandFailure(.failure, "\(error)")
    }
    progress = BenchProgress(console.note)
  }

  /// Calls `body` with a session on a server that is there already.
  func withServer(
    at address: HostPort, token: String?, _ body: (BenchSession) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    let subject = try BenchSubject(address: address, token: token, server: nil, directory: nil)
    try body(BenchSession(subject: subject, interruption: interruption, progress: progress))
  }

  /// Calls `body` with a session on a server that is there only for it.
  ///
  /// - Parameter directory: where its data lies, and stays; nil for one that is removed.
  func withOwnServer(
    directory given: String? = nil, _ body: (BenchSession) throws(CommandFailure) -> Void
  ) throws(CommandFailure) {
    let directory = try BenchCommands.temporaryDirectory()
    interruption.leave(process: nil, directory: directory.path)
    let data = given ?? "\(directory.path)/data"
    let server = try ServerChild(
      ["--listen", "127.0.0.1:0", "--data", data] + Self.flags, logFile: "\(directory.path)/log", isApart: true)
    interruption.leave(process: server.processIdentifier, directory: directory.path)
    do throws(CommandFailure) {
      let subject = try BenchSubject(address: server.address, token: nil, server: server, directory: data)
      try body(BenchSession(subject: subject, interruption: interruption, progress: progress))
    } catch {
      progress.end()
      throw CommandFailure(error.exitCode, error.message, details: error.details + server.log())
    }
    if !server.stop() { throw CommandFailure(.failure, "the server did not stop as it should", details: server.log()) }
    interruption.leave(process: nil, directory: directory.path)
  }
}
