internal import GatehouseAPI

/// The server's side of one connection: what each frame means, in which order frames may come, what is open. Pure: no
/// I/O, and time is an argument.
///
/// Failures are of three kinds. What the peer may not do ends the connection (``ProtocolViolation``). What it may do
/// too late (cancel or credit for a stream that has ended) is ignored. What the owner may not do is asserted.
///
/// Every stream gets exactly one status: from a refusal, from a cancel, or from the owner after ``finishCall(_:)`` or
/// ``endStream(_:)``.
public struct ServerConnection: Sendable {
  /// The version of the protocol that is spoken.
  public static let version: UInt32 = 1

  public enum Phase: Equatable, Sendable {
    case awaitingHello
    /// Between ``ServerAction/authenticate`` and ``ServerConnection/admit(_:)``.
    case authenticating
    case open(CallerID)
    /// New calls are refused, those that are open go on.
    case draining
    /// Nothing counts any more.
    case closed
  }

  /// What is open under a stream id: the values of `streams`.
  private enum Entry {
    /// A unary call that the handler has.
    static let call: UInt32 = 0
    /// The same, but its client has had its status: the slot is held until the handler answers.
    static let abandonedCall: UInt32 = 1
    /// A streaming call: this, plus its slot.
    static let firstSlot: UInt32 = 2
  }

  /// A streaming call.
  private struct ReplyStream {
    /// 0 when the slot is free.
    var stream: UInt32 = 0
    /// How many more messages the client takes.
    var credit: UInt32 = 0
  }

  public let limits: ServerLimits
  public private(set) var phase = Phase.awaitingHello
  /// The greatest stream that was called.
  public private(set) var lastStream: UInt32 = 0
  private var streams = StreamTable()
  /// Indexed by slot; at most `limits.maxReplyStreams`.
  private var replyStreams: [ReplyStream] = []
  private var openReplyStreams = 0
  /// Pings that count against the bound, as of `pingsCountedAt`.
  private var pings = 0
  private var pingsCountedAt: UInt64 = 0

  public init(limits: ServerLimits) {
    self.limits = limits
  }

  /// How many calls and streams are open, abandoned ones included.
  public var openCount: Int { streams.count }

  /// How many of them are streams.
  public var openStreamCount: Int { openReplyStreams }

  // MARK: Frames

  /// - Parameter now: nanoseconds of the monotonic clock.
  public mutating func receive(_ frame: borrowing FrameView, now: UInt64) -> ServerAction {
    switch phase {
    case .open(let caller):
      return receiveOpen(frame, caller, now: now)
    case .draining:
      return receiveOpen(frame, nil, now: now)
    case .awaitingHello:
      guard frame.kind == .hello else { return close(.helloExpected) }
      phase = .authenticating
      return .authenticate
    case .authenticating:
      assertionFailure("frames wait until the client is admitted")
      return .ignore
    case .closed:
      return .ignore
    }
  }

  /// - Parameter caller: nil while draining.
  @inline(__always)  // this and the next, so that the action is made where it is returned and not copied there
  private mutating func receiveOpen(_ frame: borrowing FrameView, _ caller: CallerID?, now: UInt64) -> ServerAction {
    switch frame.kind {
    case .call: receiveCall(frame, caller, now: now)
    case .cancel: receiveCancel(frame.stream)
    case .credit: receiveCredit(frame.stream, frame.credit)
    case .ping: receivePing(frame.nonce, now: now)
    // Whatever it answers, the peer is alive: which the owner knows by now.
    case .pong: .ignore
    case .hello: close(.secondHello)
    case .none, .reply, .goAway: close(.unexpectedKind(frame.kind))
    }
  }

  @inline(__always)
  private mutating func receiveCall(_ frame: borrowing FrameView, _ caller: CallerID?, now: UInt64) -> ServerAction {
    let stream = frame.stream
    guard stream > lastStream else { return close(.streamOutOfOrder(stream, last: lastStream)) }
    lastStream = stream
    pings = 0
    guard let caller else { return .refuse(stream: stream, .shuttingDown) }
    guard let method = frame.method else { return .refuse(stream: stream, .unknownMethod) }
    guard streams.count < limits.maxStreams else {
      return .refuse(stream: stream, .tooManyStreams(limit: limits.maxStreams))
    }
    let header = CallHeader(
      stream: stream, method: method, caller: caller,
      deadline: ServerConnection.deadline(now: now, timeoutMicroseconds: frame.timeoutMicroseconds))
    if method.isServerStreaming || method.isHeld {
      guard openReplyStreams < limits.maxReplyStreams else {
        return .refuse(stream: stream, .tooManyReplyStreams(limit: limits.maxReplyStreams))
      }
      return .open(header, slot: openSlot(stream, credit: frame.credit))
    }
    streams.insert(stream, Entry.call)
    return .submit(header)
  }

  private mutating func receiveCancel(_ stream: UInt32) -> ServerAction {
    guard stream != 0, stream <= lastStream else { return close(.unknownStream(stream)) }
    switch streams.value(of: stream) {
    case nil, Entry.abandonedCall:
      return .ignore
    case Entry.call:
      streams.update(stream, Entry.abandonedCall)
      return .refuse(stream: stream, .cancelled)
    case .some(let entry):
      let slot = Int(entry - Entry.firstSlot)
      endStream(slot)
      return .cancel(stream: stream, slot: slot)
    }
  }

  private mutating func receiveCredit(_ stream: UInt32, _ messages: UInt32) -> ServerAction {
    guard stream != 0, stream <= lastStream else { return close(.unknownStream(stream)) }
    // A unary call needs no credit; a stream that has ended takes none.
    guard let slot = slot(of: stream) else { return .ignore }
    let (sum, overflow) = replyStreams[slot].credit.addingReportingOverflow(messages)
    replyStreams[slot].credit = overflow ? .max : sum
    return .resume(slot: slot)
  }

  private mutating func receivePing(_ nonce: UInt64, now: UInt64) -> ServerAction {
    let elapsed = now &- pingsCountedAt
    let forgiven = elapsed / max(limits.pingIntervalNanoseconds, 1)
    if forgiven > 0 {
      pings = max(0, pings - Int(clamping: forgiven))
      pingsCountedAt = now
    }
    pings += 1
    return pings > limits.maxPings ? close(.tooManyPings) : .pong(nonce: nonce)
  }

  private mutating func close(_ violation: ProtocolViolation) -> ServerAction {
    phase = .closed
    return .close(violation)
  }

  private static func deadline(now: UInt64, timeoutMicroseconds: UInt64) -> UInt64 {
    guard timeoutMicroseconds != 0 else { return .max }
    let (nanoseconds, tooLong) = timeoutMicroseconds.multipliedReportingOverflow(by: 1_000)
    let (deadline, tooLate) = now.addingReportingOverflow(nanoseconds)
    return tooLong || tooLate ? .max : deadline
  }

  // MARK: The owner's part

  /// The client's Hello was good: calls are taken from here on.
  public mutating func admit(_ caller: CallerID) {
    assert(phase == .authenticating)
    phase = .open(caller)
  }

  /// The handler has answered a unary call.
  ///
  /// - Returns: whether the answer is to be sent; false when the client has had a status before.
  public mutating func finishCall(_ stream: UInt32) -> Bool {
    streams.remove(stream) == Entry.call
  }

  /// No call is taken from here on.
  public mutating func drain() {
    guard phase != .closed else { return }
    phase = .draining
  }

  /// Frames are ignored from here on.
  public mutating func close() {
    phase = .closed
  }

  // MARK: Streams

  /// The slot of an open stream.
  public func slot(of stream: UInt32) -> Int? {
    guard let entry = streams.value(of: stream), entry >= Entry.firstSlot else { return nil }
    return Int(entry - Entry.firstSlot)
  }

  /// How many messages the stream in `slot` may send; 0 when it has ended.
  public func credit(of slot: Int) -> UInt32 {
    replyStreams[slot].credit
  }

  /// A message of the stream in `slot` is sent. Precondition: it has credit.
  public mutating func spendCredit(_ slot: Int) {
    assert(replyStreams[slot].stream != 0 && replyStreams[slot].credit > 0)
    replyStreams[slot].credit &-= 1
  }

  /// The stream in `slot` gets its status.
  public mutating func endStream(_ slot: Int) {
    assert(replyStreams[slot].stream != 0)
    _ = streams.remove(replyStreams[slot].stream)
    replyStreams[slot] = ReplyStream()
    openReplyStreams -= 1
  }

  /// Ends every stream, without a status: nobody is there to take one.
  public mutating func abandonStreams() {
    for slot in replyStreams.indices where replyStreams[slot].stream != 0 { endStream(slot) }
  }

  /// - Returns: a slot that is free. Slots are few and streams are long: looking for one is no matter.
  private mutating func openSlot(_ stream: UInt32, credit: UInt32) -> Int {
    let entry = ReplyStream(stream: stream, credit: credit == 0 ? ServerLimits.defaultCredit : credit)
    let slot = replyStreams.firstIndex { $0.stream == 0 } ?? replyStreams.count
    if slot == replyStreams.count { replyStreams.append(entry) } else { replyStreams[slot] = entry }
    openReplyStreams += 1
    streams.insert(stream, Entry.firstSlot + UInt32(slot))
    return slot
  }
}
