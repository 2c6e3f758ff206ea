internal import CLinux
internal import Glibc

/// A counter of the kernel (eventfd) that makes an ``Epoll`` return from any thread.
public struct EventCounter: ~Copyable, Sendable {
  private let descriptor: Descriptor

  public init() throws(SystemError) {
    let raw = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard raw >= 0 else { throw .last("eventfd") }
    descriptor = Descriptor(owning: raw)
  }

  /// For an ``Epoll``: readable while the counter is not 0.
  public var rawValue: Int32 { descriptor.number }

  /// Makes the counter readable. Any thread.
  public func signal() {
    var one: UInt64 = 1
    // A full counter is readable already, and nothing else can go wrong with an open eventfd.
    _ = write(descriptor.number, &one, 8)
  }

  /// Sets the counter to 0.
  public func reset() {
    var count: UInt64 = 0
    _ = read(descriptor.number, &count, 8)
  }
}
