internal import Glibc

/// What concerns the process as a whole.
public enum CurrentProcess {
  /// The program that runs, as a path that starts it again even when it was moved or deleted meanwhile.
  public static let executable = "/proc/self/exe"

  public static var id: Int32 { getpid() }

  /// Bytes of memory that are resident; nil where the system does not tell.
  public static var residentBytes: Int? {
    guard let text = try? InputFile.read("/proc/self/statm", limit: 4096) else { return nil }
    let words = String(decoding: text, as: UTF8.self).split(separator: " ")
    return words.count > 1 ? Int(words[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
  }

  /// Lets the process have as many descriptors as it may: what it is started with is often 1024. Nothing changes where
  /// the system does not allow that.
  public static func raiseDescriptorLimit() {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(resource, &limit)
  }

  /// Ends the process now: no handlers, no destructors, no buffers. For when what it has in memory must not reach the
  /// disk any more.
  public static func exitAtOnce(_ code: Int32) -> Never {
    _exit(code)
  }

  /// The value of an environment variable; nil when it is not set. Bytes that are not UTF-8 come out as U+FFFD.
  public static func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// Ends the process in good order, with an exit code of 0 to 255.
  public static func exit(_ code: Int32) -> Never {
    Glibc.exit(code)
  }
}
