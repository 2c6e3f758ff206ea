internal import CLinux
internal import Glibc

/// A thread of the operating system, for work that must not run on Swift's cooperative pool: loops, flushes.
public struct Thread: ~Copyable, @unchecked Sendable {
  private let handle: pthread_t

  /// Starts a thread that runs `body` and ends with it.
  ///
  /// - Parameter name: shown by `top -H` and debuggers; what is beyond 15 bytes is cut.
  /// - Throws: EAGAIN when the system has no more threads to give.
  public init(name: String, _ body: sending @escaping () -> Void) throws(SystemError) {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var handle = pthread_t()
    let code = pthread_create(&handle, nil, runThread, start.toOpaque())
    guard code == 0 else {
      start.release()
      throw SystemError(code: code, operation: "pthread_create")
    }
    self.handle = handle
  }

  /// Waits for the thread to end. One that is neither joined nor detached keeps some memory until the process ends.
  public consuming func join() {
    pthread_join(handle, nil)
  }

  /// Lets the thread run on alone; nobody can wait for it any more.
  public consuming func detach() {
    pthread_detach(handle)
  }

  /// Lets every other thread have the processor before the calling one, from now on. With the lowest nice value alone
  /// it would run its slice, some milliseconds, to the end before one that was woken has its turn.
  public static func yieldToOthers() {
    // Where it is refused the thread goes on as before.
    _ = clinux_run_when_idle()
  }

  /// Lets a thread that waits for the calling one's processor have it for its turn, once.
  public static func giveWay() {
    // It cannot fail on Linux.
    _ = sched_yield()
  }

  /// A number for the calling thread, unlike that of any other living one.
  public static func current() -> UInt {
    UInt(pthread_self())
  }
}

/// What a new thread is given.
private final class ThreadStart {
  let name: String
  let body: () -> Void

  init(name: String, body: @escaping () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let argument else { return nil }
  let start = Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue()
  var name = Array(start.name.utf8.prefix(15).map { CChar(bitPattern: $0) })
  name.append(0)
  _ = clinux_name_thread(name)
  start.body()
  return nil
}
