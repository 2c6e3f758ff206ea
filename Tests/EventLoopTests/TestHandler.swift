internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System

@testable import EventLoop

/// Echoes GetCustomer at once; keeps GetHistory until ``release()``; Watch sends without end; WatchStats sends a
/// message each time it is woken; the health's Watch takes its time whenever it is woken, and sends nothing;
/// ClaimReviews is answered when it is woken, with so many KiB as its request says. Whoever gives a number with its
/// hello is the caller of that number.
final class TestHandler: CallHandler {
  struct State {
    var held: [(sink: any ReplySink, replies: ReplyBatch)] = []
    /// Calls of GetHistory that were handed over.
    var heldCalls = 0
    var isReleased = false
    var wakers: [StreamWaker] = []
    var cancelledStreams = 0
    /// How many calls of GetCustomer each batch had that has any.
    var batches: [Int] = []
    /// How many calls the loops say that they have read, each time they ask whether that is too much.
    var readCalls: [Int] = []
    /// From how many on it is.
    var crowdsFrom = Int.max
    /// How many slow streams were asked for the first time, and are idle since.
    var slowStreams = 0
    /// How often slow streams were asked that had been woken.
    var slowTurns = 0
    /// The first of those waits for this.
    var goesOn = false
    /// How often they were asked before a call of GetCustomer was handed over.
    var slowTurnsBeforeCall: Int?
  }

  let state = Monitor(State())

  func authenticate(authorization: String) -> Result<CallerID, Status> {
    .success(CallerID(rawValue: UInt32(authorization) ?? 1))
  }

  func isCrowded(after calls: Int) -> Bool {
    state.withLock { state in
      state.readCalls.append(calls)
      return calls >= state.crowdsFrom
    }
  }

  /// Calls of GetCustomer are refused in a crowd.
  func refusal(of method: RPCMethod) -> EncodedStatus? {
    method == .customerServiceGetCustomer ? EncodedStatus(.overloaded) : nil
  }

  func handle(_ batch: CallBatch) {
    state.withLock { state in
      if batch.calls.contains(where: { $0.method == .customerServiceGetCustomer }) {
        state.slowTurnsBeforeCall = state.slowTurns
        state.batches.append(batch.count)
      }
    }
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
    if call.method == .healthWatch { return SlowSource(handler: self) }
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

/// Has nothing to say, and takes as long for that as streams may hold calls up.
private final class SlowSource: ReplySource {
  private let handler: TestHandler
  private var wasIdle = false

  init(handler: TestHandler) {
    self.handler = handler
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    guard wasIdle else {
      wasIdle = true
      handler.state.withLock { $0.slowStreams += 1 }
      handler.state.broadcast()
      return .idle(until: .max)
    }
    handler.state.withLock { $0.slowTurns += 1 }
    handler.state.broadcast()
    handler.state.wait { $0.goesOn ? () : nil }
    let end = MonotonicClock.now() + FeedingPace.slice
    while MonotonicClock.now() < end {}
    return .idle(until: .max)
  }

  func cancelled() {}
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
