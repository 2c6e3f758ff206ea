internal import CLinux
internal import Glibc

/// The kernel's readiness queue: which of many descriptors can be read or written. Level-triggered.
public struct Epoll: ~Copyable {
  /// What a descriptor is watched for, or is ready for.
  public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) {
      self.rawValue = rawValue
    }

    /// Bytes, a connection, or the end of the stream can be read.
    public static let readable = Interest(rawValue: EPOLLIN.rawValue)
    /// Bytes can be written, or a connection attempt has ended.
    public static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    /// Reported once for each change, not as long as it lasts.
    public static let edge = Interest(rawValue: EPOLLET.rawValue)
    /// The connection is broken or closed both ways. Always reported, whether asked for or not.
    public static let hungUp = Interest(rawValue: EPOLLHUP.rawValue | EPOLLERR.rawValue)
  }

  /// A descriptor that is ready.
  public struct Event {
    public let ready: Interest
    /// What the descriptor was added with.
    public let tag: UInt64
  }

  private let descriptor: Descriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>

  /// - Parameter capacity: how many events one wait returns at most; the rest come with the next.
  public init(capacity: Int) throws(SystemError) {
    let raw = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard raw >= 0 else { throw .last("epoll_create1") }
    descriptor = Descriptor(owning: raw)
    events = .allocate(capacity: capacity)
  }

  deinit {
    events.deallocate()
  }

  /// - Parameter tag: comes back with each event of the descriptor.
  public func add(_ descriptor: Int32, _ interest: Interest, tag: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_ADD, descriptor, interest, tag)
  }

  public func modify(_ descriptor: Int32, _ interest: Interest, tag: UInt64) throws(SystemError) {
    try control(EPOLL_CTL_MOD, descriptor, interest, tag)
  }

  /// Closing a descriptor removes it too.
  public func remove(_ descriptor: Int32) throws(SystemError) {
    try control(EPOLL_CTL_DEL, descriptor, [], 0)
  }

  /// Waits until a descriptor is ready.
  ///
  /// - Parameter timeout: in milliseconds; 0 looks and returns, negative waits without end.
  /// - Returns: how many events there are; 0 after the timeout or an interrupting signal.
  public func wait(timeout: Int32) throws(SystemError) -> Int {
    let count = epoll_wait(descriptor.number, events.baseAddress, Int32(events.count), timeout)
    if count >= 0 { return Int(count) }
    guard errno == EINTR else { throw .last("epoll_wait") }
    return 0
  }

  /// Like ``wait(timeout:)``, in nanoseconds; on kernels before 5.11 rounded up to milliseconds.
  public func wait(nanoseconds: UInt64) throws(SystemError) -> Int {
    guard let base = events.baseAddress else { return 0 }
    let count = clinux_epoll_wait(descriptor.number, base, Int32(events.count), nanoseconds)
    if count >= 0 { return Int(count) }
    guard errno == EINTR else { throw .last("epoll_pwait2") }
    return 0
  }

  /// An event of the last wait.
  ///
  /// - Parameter index: below what it returned.
  public func event(_ index: Int) -> Event {
    Event(ready: Interest(rawValue: events[index].events), tag: events[index].data.u64)
  }

  private func control(
    _ operation: Int32, _ target: Int32, _ interest: Interest, _ tag: UInt64
  ) throws(SystemError) {
    var event = epoll_event()
    event.events = interest.rawValue
    event.data.u64 = tag
    guard epoll_ctl(descriptor.number, operation, target, &event) == 0 else {
      throw .last("epoll_ctl")
    }
  }
}
