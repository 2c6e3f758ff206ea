internal import Glibc

/// What a search was at when the process ends by a trap: so that the case can be tried again.
enum LastWords {
  private static let capacity = 256
  private nonisolated(unsafe) static let words = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
  private nonisolated(unsafe) static var count = 0

  /// Bytes that a small log may take in memory beyond what there is at the beginning of the search: the longest block,
  /// the longest windows, and a wide margin.
  private static let memoryMargin: rlim_t = 256 << 20

  /// As much as the C library ever keeps.
  private static let keptBytes = 32 << 20

  static func set(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      count = min(bytes.count, capacity)
      if let start = bytes.baseAddress { words.update(from: start, count: count) }
    }
  }

  /// From now on an allocation out of proportion fails, and a failed allocation is a trap; a trap tells what was tried.
  static func boundMemory() {
    for trap in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE] {
      signal(trap) { received in
        LastWords.tell()
        _exit(128 + received)
      }
    }
    // The C library keeps at hand what is smaller than the largest piece that it gave back to the system: to ask the
    // system for the journal's buffers each time takes longer than to read a small log.
    free(malloc(keptBytes))
    let bytes = addressSpaceBytes() + memoryMargin
    var limit = rlimit(rlim_cur: bytes, rlim_max: bytes)
    _ = setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  /// Calls nothing that a signal handler may not.
  private static func tell() {
    let before: StaticString = "trapped in case "
    _ = write(STDOUT_FILENO, before.utf8Start, before.utf8CodeUnitCount)
    _ = write(STDOUT_FILENO, words, count)
    _ = write(STDOUT_FILENO, "\n", 1)
  }

  /// What the process has now.
  private static func addressSpaceBytes() -> rlim_t {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
    // Its first number counts pages.
    return rlim_t(strtoul(line, nil, 10)) * rlim_t(sysconf(Int32(_SC_PAGESIZE)))
  }
}
