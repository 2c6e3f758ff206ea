internal import RPC
internal import Synchronization
internal import System

/// The thread of a ``ClientLink``: receives, answers pings, sends what did not fit before, looks after deadlines and
/// silence.
final class ClientReceiver {
  /// How much one read takes at least.
  private static let readBytes = 64 << 10

  private let link: ClientLink
  private var decoder = FrameDecoder(limit: FrameDecoder.greatestFrame)
  /// Bounded by the greatest frame.
  private var input = ByteQueue()
  private var isRunning = true

  init(_ link: ClientLink) {
    self.link = link
  }

  func run() {
    do {
      let epoll = try Epoll(capacity: 2)
      try epoll.add(link.bell.rawValue, [.readable, .edge], tag: 0)
      var interest: Epoll.Interest = .readable
      try epoll.add(link.socket.rawValue, interest, tag: 1)
      while isRunning {
        let wanted = prepare()
        guard isRunning else { return }
        if wanted.interest != interest {
          interest = wanted.interest
          try epoll.modify(link.socket.rawValue, interest, tag: 1)
        }
        for index in 0..<(try epoll.wait(timeout: wanted.timeout)) where epoll.event(index).tag == 1 { receive() }
      }
    } catch {
      stop(.lost("\(link.address): \(error)"))
    }
  }

  /// Ends what is late, sends what is left, and says what to wait for and how long (milliseconds).
  private func prepare() -> (interest: Epoll.Interest, timeout: Int32) {
    let now = MonotonicClock.now()
    let (due, isClosed) = link.state.withLock { ($0.lookAtClock(now: now), $0.isClosed) }
    for stream in due.late { link.abandon(stream, GatehouseError(.deadlineExceeded)) }
    if isClosed { isRunning = false } else if due.isLost { stop(.lost("\(link.address) does not answer")) }
    return link.state.withLock { state in
      state.send(over: link.socket)
      let next = state.wakesAt
      let timeout = next == .max ? -1 : next <= now ? 0 : Int32(clamping: (next - now + 999_999) / 1_000_000)
      return (state.output.isEmpty ? .readable : [.readable, .writable], timeout)
    }
  }

  private func stop(_ failure: GatehouseError) {
    isRunning = false
    link.end(failure)
  }

  // MARK: Frames

  private func receive() {
    var transfer = Socket.Transfer.wouldBlock
    input.append(upTo: ClientReceiver.readBytes) { room in
      transfer = link.socket.receive(into: room)
      if case .moved(let count) = transfer { return count }
      return 0
    }
    switch transfer {
    case .moved:
      let now = MonotonicClock.now()
      link.state.withLock { $0.keepalive.hear(at: now) }
      handleInput()
    case .wouldBlock:
      break
    case .ended:
      stop(link.failure ?? ClientReceiver.lost(link.address, "the connection was closed"))
    case .failed(let code):
      stop(link.failure ?? ClientReceiver.lost(link.address, "\(SystemError(code: code, operation: "recv"))"))
    }
  }

  private static func lost(_ address: String, _ how: String) -> GatehouseError {
    .lost("\(address): \(how) before the answer came; whether the call was carried out is not known")
  }

  private func handleInput() {
    var bytes = ByteQueue()
    swap(&bytes, &input)
    var isWhole = true
    while isWhole, isRunning {
      let consumed = bytes.withUnsafeBytes { handleFrame($0) }
      bytes.consume(consumed)
      isWhole = consumed > 0
    }
    swap(&bytes, &input)
  }

  /// - Returns: how many bytes the first frame takes; 0 when it is not whole.
  private func handleFrame(_ bytes: UnsafeRawBufferPointer) -> Int {
    switch decoder.next(bytes) {
    case .frame(let length):
      let end = FrameDecoder.prefixBytes + length
      handle(UnsafeRawBufferPointer(rebasing: bytes[FrameDecoder.prefixBytes..<end]))
      return end
    case .incomplete:
      return 0
    case .refused(let refusal):
      violate(.frame(refusal))
      return 0
    }
  }

  private func handle(_ bytes: UnsafeRawBufferPointer) {
    let frame: FrameView
    do {
      frame = try FrameView(bytes)
    } catch {
      return violate(.malformedFrame)
    }
    switch link.state.withLock({ $0.machine.receive(frame) }) {
    case .ignore: link.hasEndedCall()
    case .greeted: greet(bytes)
    case .message(let stream): link.state.withLock { $0.calls[stream] }?.call.receive([UInt8](frame.payload))
    case .end(let stream, let isOK):
      let result: Result<[UInt8], GatehouseError> =
        isOK ? .success([UInt8](frame.payload)) : .failure(.answered(Status(replyFrame: bytes)))
      link.state.withLock { $0.calls.removeValue(forKey: stream) }?.call.end(result)
      link.hasEndedCall()
    case .pong(let nonce):
      link.state.withLock { state in
        state.output.appendPong(nonce: nonce)
        link.send(&state)
      }
    case .goAway:
      let notice = GoAwayNotice(frame: bytes)
      link.goAway(.answered(notice.status), lastStream: notice.lastStream)
    case .close(let violation): violate(violation)
    }
  }

  private func greet(_ bytes: UnsafeRawBufferPointer) {
    do {
      let hello = try ServerHello(frame: bytes)
      link.state.withLock { $0.greatestStreams = hello.maxStreams > 0 ? hello.maxStreams : .max }
      link.greeting.withLock { $0 = $0 ?? .success(hello) }
      link.greeting.broadcast()
    } catch {
      violate(error)
    }
  }

  /// What lies between may be the one to blame: the connection is lost like any other.
  private func violate(_ violation: ProtocolViolation) {
    stop(.lost("\(link.address): \(violation.status.message); the connection is given up"))
  }
}
