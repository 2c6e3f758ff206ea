internal import Synchronization
internal import System

/// Ctrl-C and its like. The first ends what is being measured, and lets what was measured so far be told; the second
/// ends the process. Nothing is left behind either way: a thread waits for the signals.
final class BenchInterruption: Sendable {
  private struct Traces {
    var process: Int32?
    var directory: String?
    var control: LoadControl?
  }

  private let traces = Mutex(Traces())
  private let raised = Atomic(false)

  /// Begins to wait. To be called before any other thread is started.
  init() throws(SystemError) {
    let signals = try SignalQueue([.interrupt, .terminate, .hangUp])
    let thread = try Thread(name: "gh-signals") { [self] in
      guard (try? signals.next()) != nil else { return }
      raised.store(true, ordering: .releasing)
      traces.withLock { $0.control?.stop() }
      guard (try? signals.next()) != nil else { return }
      traces.withLock { traces in
        if let process = traces.process { ChildProcess.kill(identifier: process) }
        if let directory = traces.directory { TemporaryDirectory.remove(directory) }
        CurrentProcess.exitAtOnce(ExitCode.failure.rawValue)
      }
    }
    thread.detach()
  }

  /// Whether to come to an end.
  var isRaised: Bool { raised.load(ordering: .acquiring) }

  /// The load that is to be stopped; none when nil.
  func watch(_ control: LoadControl?) {
    traces.withLock { $0.control = control }
    if isRaised { control?.stop() }
  }

  /// What there is to clean up from now on.
  func leave(process: Int32?, directory: String?) {
    traces.withLock { traces in
      traces.process = process
      traces.directory = directory
    }
  }
}
