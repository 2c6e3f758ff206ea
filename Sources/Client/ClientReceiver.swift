internal import RPC
internal import Synchronization
internal import System

/// The thread of a ``ClientLink``: receives, answers pings, sends what did not fit before, looks after deadlines.
final class ClientReceiver {
  /// How much one read takes at least.
  private static let readBytes = 64 << 10
  /// After so long a silence with calls open a ping is sent, in nanoseconds.
  private static let pingAfter: UInt64 = 20_000_000_000
  /// After so long a silence with calls open the server is taken for dead, in nanoseconds.
  private static let giveUpAfter: UInt64 = 60_000_000_000

  private let link: ClientLink
  private var decoder = FrameDecoder(limit: FrameDecoder.greatestFrame)
  /// Bounded by the greatest frame.
  private var input = ByteQueue()
  private var receivedAt = MonotonicClock.now()
  private var hasPinged = false
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
        if wanted.interest != interest {
          interest = wanted.interest
          try epoll.modify(link.socket.rawValue, interest, tag: 1)
        }
        for index in 0..<(try epoll.wait(timeout: wanted.timeout)) where epoll.event(index).tag == 1 { receive() }
        lookAfterTime()
      }
    } catch {
      stop(Status(code: .unavailable, message: "\(error)"))
    }
  }

  /// Sends what is left, and says what to wait for and how long (milliseconds).
  private func prepare() -> (interest: Epoll.Interest, timeout: Int32) {
    link.state.withLock { state in
      state.send(over: link.socket)
      var next = state.nextDeadline
      if state.machine.openCount > 0 {
        next = min(next, receivedAt &+ (hasPinged ? ClientReceiver.giveUpAfter : ClientReceiver.pingAfter))
      }
      state.wakesAt = next
      let now = MonotonicClock.now()
      let timeout = next == .max ? -1 : next <= now ? 0 : Int32(clamping: (next - now + 999_999) / 1_000_000)
      return (state.output.isEmpty ? .readable : [.readable, .writable], timeout)
    }
  }

  private func lookAfterTime() {
    let now = MonotonicClock.now()
    let late = link.state.withLock { state in
      state.wakesAt <= now ? state.calls.filter { $0.value.deadline <= now }.map(\.key) : []
    }
    for stream in late { link.abandon(stream, .deadlineExceeded) }
    let isWaiting = link.state.withLock { $0.machine.openCount > 0 }
    if !isWaiting {
      receivedAt = max(receivedAt, now &- ClientReceiver.pingAfter)
    } else if receivedAt &+ ClientReceiver.giveUpAfter <= now {
      stop(Status(code: .unavailable, message: "\(link.address) has not answered for too long"))
    } else if !hasPinged, receivedAt &+ ClientReceiver.pingAfter <= now {
      hasPinged = true
      link.state.withLock { $0.output.appendPing(nonce: now) }
    }
  }

  private func stop(_ status: Status) {
    isRunning = false
    link.end(status)
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
      receivedAt = MonotonicClock.now()
      hasPinged = false
      handleInput()
    case .wouldBlock:
      break
    case .ended:
      stop(link.failure ?? ClientReceiver.lost(link.address, "the connection was closed"))
    case .failed(let code):
      stop(link.failure ?? ClientReceiver.lost(link.address, "\(SystemError(code: code, operation: "recv"))"))
    }
  }

  private static func lost(_ address: String, _ how: String) -> Status {
    Status(
      code: .unavailable,
      message: "\(address): \(how) before the answer came; whether the call was carried out is not known")
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
    case .ignore: break
    case .greeted: greet(bytes)
    case .message(let stream): deliver(stream, [UInt8](frame.payload))
    case .end(let stream, let isOK):
      end(stream, isOK ? .success([UInt8](frame.payload)) : .failure(Status(replyFrame: bytes)))
    case .pong(let nonce):
      link.state.withLock { state in
        state.output.appendPong(nonce: nonce)
        link.send(&state)
      }
    case .goAway: goAway(GoAwayNotice(frame: bytes))
    case .close(let violation): violate(violation)
    }
  }

  private func greet(_ bytes: UnsafeRawBufferPointer) {
    let result: Result<ServerHello, Status>
    do {
      result = .success(try ServerHello(frame: bytes))
    } catch {
      result = .failure(error.status)
    }
    link.greeting.withLock { $0 = $0 ?? result }
    link.greeting.broadcast()
    if case .failure(let status) = result { stop(status) }
  }

  private func deliver(_ stream: UInt32, _ payload: [UInt8]) {
    let pending = link.state.withLock { $0.calls[stream] }
    if case .stream(let queue) = pending?.receiver { queue.append(payload) }
  }

  private func end(_ stream: UInt32, _ result: Result<[UInt8], Status>) {
    link.state.withLock { $0.calls.removeValue(forKey: stream) }?.end(result)
  }

  /// Calls that were not begun fail at once with the server's reason; the others are still answered.
  private func goAway(_ notice: GoAwayNotice) {
    let unbegun = link.state.withLock { state in
      state.failure = state.failure ?? notice.status
      let streams = state.calls.keys.filter { $0 > notice.lastStream }
      return streams.compactMap { stream in state.calls.removeValue(forKey: stream) }
    }
    for pending in unbegun { pending.end(.failure(notice.status)) }
    link.greeting.withLock { $0 = $0 ?? .failure(notice.status) }
    link.greeting.broadcast()
  }

  private func violate(_ violation: ProtocolViolation) {
    stop(Status(code: .internal, message: "\(link.address): \(violation.status.message)"))
  }
}
