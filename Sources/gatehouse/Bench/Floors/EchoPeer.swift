internal import System

/// One end of a connection on which messages of a fixed size go each way: nothing of them is looked at but how many
/// bytes there are. Used by one thread.
final class EchoPeer {
  /// Bytes that are read or written in one call at most.
  static let bufferBytes = 1 << 18

  private let socket: Socket
  private let sentSize: Int
  private let receivedSize: Int
  private var owed = 0
  /// Bytes of a message that has not come whole.
  private var partial = 0
  /// Whether the kernel would take no more: then readiness to write is waited for.
  private var isBlocked = false

  /// Whether the kernel has not taken all that was to be sent.
  var owesBytes: Bool { owed > 0 }

  init(_ socket: consuming Socket, sending sentSize: Int, receiving receivedSize: Int) {
    self.socket = socket
    self.sentSize = sentSize
    self.receivedSize = receivedSize
  }

  func watch(_ epoll: borrowing Epoll, tag: UInt64) throws(SystemError) {
    try socket.setNoDelay()
    try epoll.add(socket.rawValue, .readable, tag: tag)
  }

  /// Messages that came since; nil when the connection has ended.
  func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    switch socket.receive(into: buffer) {
    case .moved(let count):
      let messages = (partial + count) / receivedSize
      partial = (partial + count) % receivedSize
      return messages
    case .wouldBlock: return 0
    case .ended, .failed: return nil
    }
  }

  /// Sends so many messages, now or when the kernel takes them.
  ///
  /// - Returns: false when the connection has ended.
  func send(
    _ messages: Int, from buffer: UnsafeRawBufferPointer, _ epoll: borrowing Epoll, tag: UInt64
  ) throws(SystemError) -> Bool {
    owed += messages * sentSize
    while owed > 0 {
      switch socket.send(UnsafeRawBufferPointer(rebasing: buffer.prefix(owed))) {
      case .moved(let count): owed -= count
      case .wouldBlock:
        if !isBlocked { try epoll.modify(socket.rawValue, [.readable, .writable], tag: tag) }
        isBlocked = true
        return true
      case .ended, .failed: return false
      }
    }
    if isBlocked { try epoll.modify(socket.rawValue, .readable, tag: tag) }
    isBlocked = false
    return true
  }
}
