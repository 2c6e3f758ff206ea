/// The client's side of one connection: which streams are open, what each frame means. Pure: no I/O, no clock.
public struct ClientConnection: Sendable {
  public enum Phase: Equatable, Sendable {
    case awaitingHello
    case open
    /// No new calls; those that the server has taken go on.
    case goneAway
    case closed
  }

  /// What is open under a stream id, besides streams with their credit.
  private enum Entry {
    /// A unary call: no message may come before its end.
    static let call: UInt32 = 0
    /// The caller has given it up; its end is still to come.
    static let abandoned = UInt32.max - 1
  }

  public private(set) var phase = Phase.awaitingHello
  private var streams = StreamTable()
  private var lastStream: UInt32 = 0

  public init() {}

  /// How many calls are open, given-up ones included.
  public var openCount: Int { streams.count }

  // MARK: Calls

  /// Begins a call. Calls may be sent behind our own Hello without waiting for the server's.
  ///
  /// - Parameter credit: of a streaming call, how many messages may come at first; 0 for a unary call.
  /// - Returns: its stream; nil when the connection takes no more calls.
  public mutating func begin(credit: UInt32) -> UInt32? {
    guard phase == .open || phase == .awaitingHello, lastStream < .max else { return nil }
    lastStream += 1
    streams.insert(lastStream, credit == 0 ? Entry.call : min(credit, Entry.abandoned - 1))
    return lastStream
  }

  /// More messages of a stream may come.
  ///
  /// - Returns: whether to send the credit; false when the stream has ended.
  public mutating func grant(_ stream: UInt32, messages: UInt32) -> Bool {
    guard let credit = streams.value(of: stream), credit != Entry.abandoned else { return false }
    let (sum, overflow) = credit.addingReportingOverflow(messages)
    streams.update(stream, overflow ? Entry.abandoned - 1 : min(sum, Entry.abandoned - 1))
    return true
  }

  /// Gives a call up.
  ///
  /// - Returns: whether to send a cancel; false when the call has ended.
  public mutating func abandon(_ stream: UInt32) -> Bool {
    guard let entry = streams.value(of: stream), entry != Entry.abandoned else { return false }
    streams.update(stream, Entry.abandoned)
    return true
  }

  // MARK: Frames

  public mutating func receive(_ frame: borrowing FrameView) -> ClientAction {
    if phase == .closed { return .ignore }
    // A go-away may be all that a server says, when it takes no connection.
    if phase == .awaitingHello, frame.kind != .hello, frame.kind != .goAway { return close(.helloExpected) }
    switch frame.kind {
    case .hello:
      guard phase == .awaitingHello else { return close(.secondHello) }
      phase = .open
      return .greeted
    case .reply: return receiveReply(frame)
    case .ping: return .pong(nonce: frame.nonce)
    case .pong: return .ignore
    case .goAway:
      phase = .goneAway
      return .goAway
    case .none, .call, .cancel, .credit: return close(.unexpectedKind(frame.kind))
    }
  }

  private mutating func receiveReply(_ frame: borrowing FrameView) -> ClientAction {
    guard let entry = streams.value(of: frame.stream) else { return close(.unknownStream(frame.stream)) }
    if frame.hasStatus {
      _ = streams.remove(frame.stream)
      return entry == Entry.abandoned ? .ignore : .end(stream: frame.stream, isOK: !frame.hasStatusContent)
    }
    if entry == Entry.abandoned { return .ignore }
    guard entry > 0 else { return close(.creditExceeded(frame.stream)) }
    // A stream whose credit is used up looks like a unary call: neither may get a message.
    streams.update(frame.stream, entry - 1)
    return .message(stream: frame.stream)
  }

  private mutating func close(_ violation: ProtocolViolation) -> ClientAction {
    phase = .closed
    return .close(violation)
  }

  /// Nothing counts from here on.
  public mutating func close() {
    phase = .closed
  }
}
