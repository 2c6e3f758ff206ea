internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System

/// Echoes GetCustomer at once; keeps GetHistory until ``release()``; Watch sends without end; WatchStats sends a
/// message each time it is woken; ClaimReviews is answered when it is woken, with so many KiB as its request says.
/// Whoever gives a number with its hello is the caller of that number.
final class TestHandler: CallHandler {
  struct State {
    var held: [(sink: any ReplySink, replies: ReplyBatch)] = []
    /// Calls of GetHistory that were handed over.
    var heldCalls = 0
    var isReleased = false
    var wakers: [StreamWaker] = []
    var cancelledStreams = 0
  }

  let state = Monitor(State())

  func authenticate(authorization: String) -> Result<CallerID, Status> {
    .success(CallerID(rawValue: UInt32(authorization) ?? 1))
  }

  func handle(_ batch: CallBatch) {
    let late = ReplyBatch()
    for call in batch.calls {
      let replies = call.method == .customerServiceGetHistory ? late : batch.replies
      batch.withPayload(call) { replies.succeed(call.connection, call.stream, encoded: $0) }
    }
    batch.sink.deliver(batch.replies)
    guard !late.isEmpty else { return }
    let isReleased = state.withLock { state in
      state.heldCalls += late.count
      if !state.isReleased { state.held.append((batch.sink, late)) }
      return state.isReleased
    }
    if isReleased { batch.sink.deliver(late) }
    state.broadcast()
  }

  /// Answers what was held, and holds nothing from here on.
  func release() {
    let held = state.withLock { state in
      state.isReleased = true
      defer { state.held = [] }
      return state.held
    }
    for (sink, replies) in held { sink.deliver(replies) }
  }

  func open(_ call: StreamOpening) -> any ReplySource {
    if call.method == .customerServiceWatch { return EndlessSource(handler: self) }
    state.withLock { $0.wakers.append(call.waker) }
    state.broadcast()
    if call.method == .reviewServiceClaimReviews {
      return HeldSource(handler: self, size: Int(call.payload.first ?? 0))
    }
    return WokenSource(handler: self)
  }
}

/// Always has one more message: its number, 4 bytes.
private final class EndlessSource: ReplySource {
  private let handler: TestHandler
  private var number: UInt32 = 0

  init(handler: TestHandler) {
    self.handler = handler
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    number += 1
    payload.fixed32(number)
    return .message
  }

  func cancelled() {
    handler.state.withLock { $0.cancelledStreams += 1 }
    handler.state.broadcast()
  }
}

/// Sends one message each time it is asked after it was idle.
private final class WokenSource: ReplySource {
  private let handler: TestHandler
  private var wasIdle = false

  init(handler: TestHandler) {
    self.handler = handler
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    guard wasIdle else {
      wasIdle = true
      return .idle(until: .max)
    }
    wasIdle = false
    payload.append(1)
    return .message
  }

  func cancelled() {
    handler.state.withLock { $0.cancelledStreams += 1 }
    handler.state.broadcast()
  }
}

/// Answers a unary call when it is asked after it was idle.
private final class HeldSource: ReplySource {
  private let handler: TestHandler
  private let size: Int
  private var wasIdle = false

  init(handler: TestHandler, size: Int) {
    self.handler = handler
    self.size = size
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    guard wasIdle else {
      wasIdle = true
      return .idle(until: .max)
    }
    for _ in 0..<(size << 10) { payload.append(7) }
    return .answer
  }

  func cancelled() {
    handler.state.withLock { $0.cancelledStreams += 1 }
    handler.state.broadcast()
  }
}
