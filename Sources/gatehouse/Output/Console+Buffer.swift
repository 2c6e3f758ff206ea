internal import Synchronization

extension Console {
  /// Gathers what is printed while `body` runs, and writes it in large pieces: for output that is too long to make a
  /// system call of each line. All of it is written when this returns or throws.
  func buffered<Failure: Error>(_ body: (Console) throws(Failure) -> Void) throws(Failure) {
    let buffer = OutputBuffer(write)
    defer { buffer.flush() }
    let gathering = Console(
      environment: environment, write: { buffer.append($0) }, complain: complain, isTerminal: isTerminal,
      palette: palette)
    try body(isTerminal ? self : gathering)
  }
}

/// Text on its way out.
private final class OutputBuffer: Sendable {
  /// Bytes gathered before they are written.
  private static let wanted = 64 << 10

  private let write: @Sendable (String) -> Void
  private let text = Mutex("")

  init(_ write: @escaping @Sendable (String) -> Void) {
    self.write = write
  }

  func append(_ piece: String) {
    let isFull = text.withLock { text in
      text += piece
      return text.utf8.count >= Self.wanted
    }
    if isFull { flush() }
  }

  func flush() {
    let piece = text.withLock { text in
      defer { text = "" }
      return text
    }
    if !piece.isEmpty { write(piece) }
  }
}
