public import Confinement
internal import GatehouseAPI
public import ProtobufWire

/// Answers to unary calls, each as the frame that goes to its client. Rendered by one thread at a time, then delivered
/// whole through a ``ReplySink``.
public final class ReplyBatch: @unchecked Sendable {  // one owner at a time, see above
  struct Reply {
    let connection: ConnectionID
    let stream: UInt32
    /// Where the frame lies: from the end of the one before to here.
    let end: Int
  }

  @usableFromInline
  struct Content: ~Copyable {
    var replies: [Reply] = []
    /// The frames.
    @usableFromInline var writer = WireWriter()
    /// The last frame that was not made in place.
    var moved = ByteQueue()

    init() {}

    /// Puts a frame in the place of what was written from `start` on.
    ///
    /// - Parameters:
    ///   - body: where that begins what the frame is made of.
    ///   - append: makes the frame.
    mutating func replace(
      from start: Int, body: Int, _ append: (inout ByteQueue, UnsafeRawBufferPointer) -> Void
    ) {
      moved.removeAll()
      writer.withUnsafeBytes { append(&moved, UnsafeRawBufferPointer(rebasing: $0[body...])) }
      writer.truncate(to: start)
      moved.withUnsafeBytes { writer.append($0) }
    }
  }

  @usableFromInline let content = Confined(Content())

  /// Adds answers when the batch has come to the loop that sends them, on its thread: rendering is left to the loop, so
  /// that whoever decides has time for the next decision. Called once.
  public var completion: ((ReplyBatch) -> Void)?

  public init() {}

  /// How many answers it has, besides what `completion` adds.
  public var count: Int { content.value.replies.count }

  /// Whether there is nothing to send.
  public var isEmpty: Bool { content.value.replies.isEmpty && completion == nil }

  /// Answers a call with the message that `payload` writes.
  @inlinable
  public func succeed<Failure: Error>(
    _ connection: ConnectionID,
    _ stream: UInt32,
    _ payload: (inout WireWriter) throws(Failure) -> Void
  ) throws(Failure) {
    let begun = beginReply(stream)
    do {
      try payload(&content.value.writer)
    } catch {
      abandonReply(begun)
      throw error
    }
    endReply(connection, stream, begun)
  }

  /// Answers a call with a message.
  public func succeed(_ connection: ConnectionID, _ stream: UInt32, _ message: some WireMessage) {
    succeed(connection, stream) { message.encode(into: &$0) }
  }

  /// Answers a call with a message that is encoded already.
  public func succeed(_ connection: ConnectionID, _ stream: UInt32, encoded payload: UnsafeRawBufferPointer) {
    succeed(connection, stream) { $0.append(payload) }
  }

  /// Answers a call with a refusal.
  public func fail(_ connection: ConnectionID, _ stream: UInt32, _ status: Status) {
    let start = content.value.writer.count
    status.wire.encode(into: &content.value.writer)
    content.value.replace(from: start, body: start) { frames, status in
      frames.appendFailure(stream, encodedStatus: status)
    }
    add(connection, stream)
  }

  /// Forgets the answers; the memory stays unless it is much.
  public func removeAll() {
    completion = nil
    content.value.replies.removeAll(keepingCapacity: content.value.replies.capacity <= ReplyBatch.keptReplies)
    if content.value.writer.count <= ReplyBatch.keptBytes {
      content.value.writer.removeAll()
    } else {
      content.value.writer = WireWriter()
      content.value.moved.release()
    }
  }

  /// A batch that grew beyond this many answers gives its memory back.
  private static let keptReplies = 16_384
  /// A batch whose answers grew beyond this many bytes gives their memory back.
  private static let keptBytes = 4 << 20

  /// Makes room for answers of so many bytes in all, beside those that it has.
  public func reserve(count: Int, bytes: Int) {
    content.value.replies.reserveCapacity(content.value.replies.count + count)
    content.value.writer.reserve(bytes)
  }

  /// How many bytes its answers have, besides what `completion` adds.
  public var byteCount: Int { content.value.writer.count }

  // MARK: For the inlined half of `succeed`

  /// An answer whose payload is being written.
  @usableFromInline
  struct Begun {
    /// Where its frame begins.
    let start: Int
    let frame: UsualSuccess
  }

  @usableFromInline
  func beginReply(_ stream: UInt32) -> Begun {
    let begun = Begun(start: content.value.writer.count, frame: UsualSuccess(stream))
    content.value.writer.skip(begun.frame.headerSize)
    return begun
  }

  @usableFromInline
  func abandonReply(_ begun: Begun) {
    content.value.writer.truncate(to: begun.start)
  }

  @usableFromInline
  func endReply(_ connection: ConnectionID, _ stream: UInt32, _ begun: Begun) {
    let frame = begun.frame
    let size = content.value.writer.count &- begun.start &- frame.headerSize
    if UsualSuccess.isUsual(size) {
      content.value.writer.skip(UsualSuccess.statusSize)
      content.value.writer.withUnsafeMutableBytes(from: begun.start) { frame.write(around: size, in: $0) }
    } else {
      content.value.replace(from: begun.start, body: begun.start &+ frame.headerSize) { frames, payload in
        frames.appendSuccess(stream, payload: payload)
      }
    }
    add(connection, stream)
  }

  private func add(_ connection: ConnectionID, _ stream: UInt32) {
    content.value.replies.append(Reply(connection: connection, stream: stream, end: content.value.writer.count))
  }
}

// MARK: Taking the answers out

extension ReplyBatch {
  /// Has `completion` add its answers, on the thread that is going to send them. Further calls do nothing.
  public func complete() {
    guard let completion else { return }
    self.completion = nil
    completion(self)
  }

  /// Calls `body` with the answers in their order: those to one connection that come in a row together, since mostly
  /// several do. A connection may come more than once.
  public func forEachConnection(_ body: (_ connection: ConnectionID, _ answers: Answers) -> Void) {
    complete()
    content.value.writer.withUnsafeBytes { bytes in
      content.value.replies.withUnsafeBufferPointer { replies in
        var start = 0
        var begin = 0
        while begin < replies.count {
          let connection = replies[begin].connection
          var end = begin &+ 1
          while end < replies.count, replies[end].connection == connection { end &+= 1 }
          let run = UnsafeBufferPointer(rebasing: replies[begin..<end])
          body(connection, Answers(replies: run, start: start, bytes: bytes))
          begin = end
          start = replies[end &- 1].end
        }
      }
    }
  }

  /// Answers to one connection. Valid within the call that brings them.
  public struct Answers {
    fileprivate let replies: UnsafeBufferPointer<Reply>
    /// Where the bytes of the first begin.
    fileprivate let start: Int
    fileprivate let bytes: UnsafeRawBufferPointer

    /// Calls `body` with each: its stream, and its frame, valid within the call that brings the answers. The frames lie
    /// one behind the other.
    public func forEach(_ body: (_ stream: UInt32, _ frame: UnsafeRawBufferPointer) -> Void) {
      var start = start
      for reply in replies {
        body(reply.stream, UnsafeRawBufferPointer(rebasing: bytes[start..<reply.end]))
        start = reply.end
      }
    }
  }
}
