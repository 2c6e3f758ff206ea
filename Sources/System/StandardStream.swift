internal import Glibc

/// The three streams that every process is started with.
public enum StandardStream: Int32, Sendable {
  case input = 0
  case output = 1
  case error = 2

  /// Makes sure that the three are open, if only on nothing: a file or socket opened later would take the number of one
  /// that is closed, and what is meant for people would be written into it. To be called before anything is opened.
  public static func ensureOpen() {
    for stream in [StandardStream.input, .output, .error] where fcntl(stream.rawValue, F_GETFD) < 0 {
      // The lowest number that is free is the one that was missing.
      _ = open("/dev/null", O_RDWR)
    }
  }

  /// Whether a person looks at it.
  public var isTerminal: Bool {
    isatty(rawValue) == 1
  }

  /// Writes all of a text, in one system call where the kernel takes it whole.
  ///
  /// - Returns: whether all of it was written; the rest is dropped.
  @discardableResult
  public func write(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
  }

  /// Writes all of the bytes.
  ///
  /// - Returns: whether all of them were written; the rest is dropped.
  public func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { write($0) }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(rawValue, rest.baseAddress, rest.count)
      if count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
      } else if errno == EAGAIN {
        // Somebody made the stream non-blocking: wait until it takes more.
        var ready = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
        _ = poll(&ready, 1, -1)
      } else if errno != EINTR {
        return false
      }
    }
    return true
  }
}
