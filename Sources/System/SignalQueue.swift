internal import CLinux
internal import Glibc

/// A signal that the process is asked something with.
public enum Signal: Int32, CaseIterable, Sendable {
  case hangUp = 1
  case interrupt = 2
  case user1 = 10
  case terminate = 15
}

/// Signals as something to wait for (signalfd), instead of code that interrupts any thread anywhere.
public struct SignalQueue: ~Copyable, Sendable {
  private let descriptor: Descriptor

  /// From here on the signals do nothing by themselves. Made on the first thread before any other is started, since
  /// threads inherit what is blocked.
  public init(_ signals: [Signal]) throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal.rawValue) }
    let code = pthread_sigmask(SIG_BLOCK, &set, nil)
    guard code == 0 else { throw SystemError(code: code, operation: "pthread_sigmask") }
    let raw = signalfd(-1, &set, Int32(SFD_CLOEXEC))
    guard raw >= 0 else { throw .last("signalfd") }
    descriptor = Descriptor(owning: raw)
  }

  /// Waits for the next signal.
  public func next() throws(SystemError) -> Signal {
    var record = signalfd_siginfo()
    while true {
      let count = read(descriptor.number, &record, MemoryLayout<signalfd_siginfo>.size)
      if count == MemoryLayout<signalfd_siginfo>.size, let signal = Signal(rawValue: Int32(record.ssi_signo)) {
        return signal
      }
      guard count >= 0 || errno == EINTR else { throw .last("read") }
    }
  }

  /// Makes writing to a closed pipe or socket an error instead of the end of the process.
  public static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
  }
}
