internal import Glibc

/// A program started by this one. Its standard output is a pipe that is read line by line, its standard error a file.
/// Not to be shared between threads.
public final class ChildProcess {
  /// How a process ended.
  public enum Ending: Equatable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  public let id: Int32
  private let output: Int32
  private var unread: [UInt8] = []
  private var ending: Ending?

  /// The longest line that is read, in bytes; the rest of a longer one counts as the next.
  private static let longestLine = 4096

  /// Starts a program with the environment given and nothing else: `environment` holds "NAME=value" entries. Standard
  /// input is empty; signals have their default meaning and none is blocked.
  ///
  /// - Parameter isApart: whether the terminal's signals, such as that of Ctrl-C, reach this process alone.
  public init(
    executable: String, arguments: [String], environment: [String], errorFile: String, isApart: Bool = false
  ) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw SystemError(code: errno, operation: "pipe") }
    // Not inherited by what other threads start; a program started between the two calls would keep the pipe open.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigfillset(&signals)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setpgroup(&attributes, 0)
    let group = isApart ? POSIX_SPAWN_SETPGROUP : 0
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group))

    let words = ([executable] + arguments).map { strdup($0) } + [nil]
    let variables = environment.map { strdup($0) } + [nil]
    defer { for text in words + variables { free(text) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, executable, &actions, &attributes, words, variables)
    guard failure == 0 else {
      close(ends[0])
      throw SystemError(code: failure, operation: "posix_spawn")
    }
    id = child
    output = ends[0]
  }

  deinit {
    close(output)
    if ending == nil {
      _ = Glibc.kill(id, SIGKILL)
      _ = Self.reap(id)
    }
  }

  /// The next line that the program writes to its standard output, without its end; nil when the program has closed it
  /// (as by ending) or nothing came for `milliseconds`.
  public func nextLine(within milliseconds: Int32) -> String? {
    while true {
      if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: unread[..<end], as: UTF8.self)
        unread.removeSubrange(...end)
        return line
      }
      guard unread.count < Self.longestLine, waitForOutput(milliseconds) else { return nil }
      var buffer = [UInt8](repeating: 0, count: Self.longestLine)
      let count = read(output, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return nil }
      unread += buffer[..<count]
    }
  }

  /// Sends a signal, unless the program has been seen to end.
  public func send(signal: Int32) {
    if ending == nil { _ = Glibc.kill(id, signal) }
  }

  /// Asks the program to stop (SIGTERM) and waits until it has; kills it after `milliseconds`.
  public func stop(within milliseconds: Int32) -> Ending {
    send(signal: SIGTERM)
    while ending == nil, waitForOutput(milliseconds) {
      var buffer = [UInt8](repeating: 0, count: Self.longestLine)
      let count = read(output, &buffer, buffer.count)
      // The pipe ends when the program does.
      if count == 0 { return waitForEnd() }
      if count < 0, errno != EINTR { break }
    }
    return ending ?? kill()
  }

  /// Ends a program of this process's at once, from another thread than its owner's, just before this process ends too.
  public static func kill(identifier: Int32) {
    _ = Glibc.kill(identifier, SIGKILL)
  }

  /// Ends the program at once (SIGKILL), as a loss of power would.
  public func kill() -> Ending {
    send(signal: SIGKILL)
    return waitForEnd()
  }

  /// How the program ended; nil while it runs. Does not wait.
  public func endingIfEnded() -> Ending? {
    var status: Int32 = 0
    if ending == nil, waitpid(id, &status, WNOHANG) == id { ending = Ending(status: status) }
    return ending
  }

  private func waitForEnd() -> Ending {
    if let ending { return ending }
    let ended = Self.reap(id)
    ending = ended
    return ended
  }

  private func waitForOutput(_ milliseconds: Int32) -> Bool {
    var ready = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
    while true {
      let count = poll(&ready, 1, milliseconds)
      if count >= 0 || errno != EINTR { return count > 0 }
    }
  }

  private static func reap(_ id: Int32) -> Ending {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return Ending(status: status)
  }
}

extension ChildProcess.Ending {
  /// As <sys/wait.h> lays the status out: the signal in the low seven bits, the exit code in the next eight.
  fileprivate init(status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited(status >> 8 & 0xFF) : .killed(signal: signal)
  }
}
