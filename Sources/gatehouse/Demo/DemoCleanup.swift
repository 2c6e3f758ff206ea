internal import Synchronization
internal import System

/// Leaves nothing behind when the demonstration is interrupted: a thread waits for the signal.
final class DemoCleanup: Sendable {
  private struct Traces {
    var process: Int32?
    var directory: String?
  }

  private let traces = Mutex(Traces())

  /// Begins to wait. To be called before any other thread is started.
  init() throws(SystemError) {
    let signals = try SignalQueue([.interrupt, .terminate, .hangUp])
    let thread = try Thread(name: "gh-signals") { [self] in
      guard (try? signals.next()) != nil else { return }
      traces.withLock { traces in
        if let process = traces.process { ChildProcess.kill(identifier: process) }
        if let directory = traces.directory { TemporaryDirectory.remove(directory) }
        CurrentProcess.exitAtOnce(ExitCode.failure.rawValue)
      }
    }
    thread.detach()
  }

  /// What there is to clean up from now on.
  func leave(process: Int32?, directory: String?) {
    traces.withLock { $0 = Traces(process: process, directory: directory) }
  }
}
