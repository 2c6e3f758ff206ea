internal import Glibc

/// Owns a file descriptor and closes it when its life ends.
public struct Descriptor: ~Copyable, Sendable {
  /// The number. It is the descriptor's only as long as the owner lives.
  public let number: Int32

  /// Takes over a descriptor that nobody else closes.
  public init(owning number: Int32) {
    precondition(number >= 0, "a descriptor is never negative")
    self.number = number
  }

  deinit {
    // Not repeated on EINTR: Linux has let the number go by then, and it may be somebody else's already.
    _ = Glibc.close(number)
  }

  /// Gives the number away: whoever takes it closes it.
  public consuming func release() -> Int32 {
    let number = number
    discard self
    return number
  }
}
