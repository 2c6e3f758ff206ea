internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import RPC

struct ServerConnectionTests {
  private let caller = CallerID(rawValue: 7)

  private func limits(streams: Int = 4, replyStreams: Int = 2, pings: Int = 3) -> ServerLimits {
    var limits = ServerLimits()
    limits.maxStreams = streams
    limits.maxReplyStreams = replyStreams
    limits.maxPings = pings
    return limits
  }

  /// A connection whose client is known.
  private func opened(_ limits: ServerLimits? = nil) -> ServerConnection {
    var connection = ServerConnection(limits: limits ?? self.limits())
    #expect(connection.receive(FrameSamples.hello()) == .authenticate)
    connection.admit(caller)
    return connection
  }

  private func header(_ stream: UInt32, _ method: RPCMethod, deadline: UInt64 = .max) -> CallHeader {
    CallHeader(stream: stream, method: method, caller: caller, deadline: deadline)
  }

  // MARK: Order

  @Test func helloComesFirst() {
    for frame in FrameSamples.all {
      var connection = ServerConnection(limits: limits())
      let isHello = if case .hello = frame.kind { true } else { false }
      #expect(connection.receive(frame) == (isHello ? .authenticate : .close(.helloExpected)))
      #expect(connection.phase == (isHello ? .authenticating : .closed))
    }
  }

  @Test func helloComesOnce() {
    var connection = opened()
    #expect(connection.receive(FrameSamples.hello()) == .close(.secondHello))
    #expect(connection.receive(FrameSamples.call(1)) == .ignore)
  }

  @Test func kindsOfTheOtherDirectionEndTheConnection() {
    for (frame, kind) in [
      (FrameSamples.frame(1, nil), FrameView.Kind.none), (FrameSamples.reply(1, status: nil), .reply),
      (FrameSamples.frame(0, .goAway(GatehouseRpcV1.GoAway())), .goAway),
    ] {
      var connection = opened()
      #expect(connection.receive(frame) == .close(.unexpectedKind(kind)))
    }
  }

  @Test func streamIDsGrow() {
    var connection = opened()
    #expect(connection.receive(FrameSamples.call(0)) == .close(.streamOutOfOrder(0, last: 0)))
    for next in [UInt32(9), 10] {
      connection = opened()
      #expect(connection.receive(FrameSamples.call(10)) == .submit(header(10, .customerServiceGetCustomer)))
      #expect(connection.receive(FrameSamples.call(next)) == .close(.streamOutOfOrder(next, last: 10)))
    }
  }

  @Test func cancelAndCreditNameACallThatWasMade() {
    for frame in [FrameSamples.cancel(5), FrameSamples.credit(5, 1), FrameSamples.cancel(0)] {
      var connection = opened()
      #expect(connection.receive(frame) == .close(.unknownStream(frame.stream)))
    }
  }

  // MARK: Unary calls

  @Test func aCallIsAnsweredOnce() {
    var connection = opened()
    #expect(
      connection.receive(FrameSamples.call(1, timeout: 5), now: 1000)
        == .submit(header(1, .customerServiceGetCustomer, deadline: 6000)))
    #expect(connection.openCount == 1)
    #expect(connection.finishCall(1) == true)
    #expect(connection.finishCall(1) == false)
    #expect(connection.openCount == 0)
  }

  @Test func deadlinesNeverOverflow() {
    var connection = opened()
    for (index, timeout) in [UInt64.max, UInt64.max / 1000, 0].enumerated() {
      let stream = UInt32(index) + 1
      #expect(
        connection.receive(FrameSamples.call(stream, timeout: timeout), now: .max / 2)
          == .submit(header(stream, .customerServiceGetCustomer)))
    }
  }

  @Test func anUnknownMethodIsRefusedOnItsStream() {
    var connection = opened()
    for (index, path) in ["", "gatehouse.v1.CustomerService/getCustomer", "/gatehouse.v1.CustomerService/GetCustomer"]
      .enumerated()
    {
      let stream = UInt32(index) + 1
      #expect(connection.receive(FrameSamples.call(stream, path)) == .refuse(stream: stream, .unknownMethod))
    }
    #expect(connection.openCount == 0)
  }

  @Test func aCancelledCallIsAnsweredAtOnceAndHoldsItsSlot() {
    var connection = opened(limits(streams: 2))
    _ = connection.receive(FrameSamples.call(1))
    _ = connection.receive(FrameSamples.call(2))
    #expect(connection.receive(FrameSamples.cancel(1)) == .refuse(stream: 1, .cancelled))
    #expect(connection.receive(FrameSamples.cancel(1)) == .ignore)
    #expect(connection.receive(FrameSamples.call(3)) == .refuse(stream: 3, .tooManyStreams(limit: 2)))
    #expect(connection.finishCall(1) == false)
    #expect(connection.receive(FrameSamples.call(4)) == .submit(header(4, .customerServiceGetCustomer)))
    #expect(connection.finishCall(2) == true)
    #expect(connection.receive(FrameSamples.cancel(2)) == .ignore)
  }

  @Test func cancellingMakesNoRoomForMoreWork() {
    var connection = opened()
    var submitted = 0
    for stream in UInt32(1)...10_000 {
      if case .submit = connection.receive(FrameSamples.call(stream)) { submitted += 1 }
      _ = connection.receive(FrameSamples.cancel(stream))
    }
    #expect(submitted == 4)
    #expect(connection.openCount == 4)
  }

  // MARK: Streams

  /// So its cancel reaches whoever holds it, and it counts as a stream.
  @Test func aHeldCallHasASlotAsAStreamHas() {
    let held = RPCMethod.allCases.filter(\.isHeld)
    #expect(held == [.reviewServiceClaimReviews] && held.allSatisfy { !$0.isServerStreaming })
    var connection = opened()
    #expect(
      connection.receive(FrameSamples.call(1, held[0].path, timeout: 5), now: 1000)
        == .open(header(1, held[0], deadline: 6000), slot: 0))
    #expect(connection.credit(of: 0) > 0)
    #expect(connection.receive(FrameSamples.cancel(1)) == .cancel(stream: 1, slot: 0))
    #expect(connection.openStreamCount == 0)
  }

  @Test func streamsHaveCreditAndSlots() {
    var connection = opened()
    #expect(connection.receive(FrameSamples.watch(1)) == .open(header(1, .customerServiceWatch), slot: 0))
    #expect(connection.credit(of: 0) == 64)
    #expect(connection.receive(FrameSamples.watch(2, credit: 3)) == .open(header(2, .customerServiceWatch), slot: 1))
    #expect(connection.credit(of: 1) == 3)
    connection.spendCredit(1)
    #expect(connection.credit(of: 1) == 2)
    #expect(connection.receive(FrameSamples.watch(3)) == .refuse(stream: 3, .tooManyReplyStreams(limit: 2)))
    #expect(connection.slot(of: 2) == 1)
    connection.endStream(0)
    #expect(connection.slot(of: 1) == nil)
    #expect(connection.credit(of: 0) == 0)
    #expect(connection.receive(FrameSamples.watch(4)) == .open(header(4, .customerServiceWatch), slot: 0))
  }

  @Test func creditAddsUpAndStopsAtItsGreatest() {
    var connection = opened()
    _ = connection.receive(FrameSamples.watch(1, credit: 1))
    #expect(connection.receive(FrameSamples.credit(1, 5)) == .resume(slot: 0))
    #expect(connection.credit(of: 0) == 6)
    #expect(connection.receive(FrameSamples.credit(1, .max)) == .resume(slot: 0))
    #expect(connection.credit(of: 0) == .max)
    #expect(connection.receive(FrameSamples.credit(1, .max)) == .resume(slot: 0))
    #expect(connection.credit(of: 0) == .max)
  }

  @Test func aCancelledStreamIsOver() {
    var connection = opened()
    _ = connection.receive(FrameSamples.watch(1))
    #expect(connection.receive(FrameSamples.cancel(1)) == .cancel(stream: 1, slot: 0))
    #expect(connection.receive(FrameSamples.cancel(1)) == .ignore)
    #expect(connection.receive(FrameSamples.credit(1, 5)) == .ignore)
    #expect(connection.openCount == 0 && connection.openStreamCount == 0)
  }

  // MARK: Pings

  @Test func pingsAreAnsweredUpToABound() {
    var connection = opened(limits(pings: 3))
    for nonce in UInt64(1)...3 { #expect(connection.receive(FrameSamples.ping(nonce)) == .pong(nonce: nonce)) }
    #expect(connection.receive(FrameSamples.ping(4)) == .close(.tooManyPings))
  }

  @Test func pingsAreForgivenByTimeAndByCalls() {
    var connection = opened(limits(pings: 3))
    let interval = connection.limits.pingIntervalNanoseconds
    for index in UInt64(1)...100 {
      #expect(connection.receive(FrameSamples.ping(index), now: index * interval) == .pong(nonce: index))
    }
    connection = opened(limits(pings: 3))
    for stream in UInt32(1)...100 {
      for nonce in UInt64(1)...3 { #expect(connection.receive(FrameSamples.ping(nonce)) == .pong(nonce: nonce)) }
      _ = connection.receive(FrameSamples.call(stream, "unknown"))
    }
  }

  // MARK: Drain

  @Test func aDrainedConnectionFinishesWhatItHas() {
    var connection = opened()
    _ = connection.receive(FrameSamples.call(1))
    _ = connection.receive(FrameSamples.watch(2, credit: 1))
    connection.drain()
    #expect(connection.receive(FrameSamples.call(3)) == .refuse(stream: 3, .shuttingDown))
    #expect(connection.receive(FrameSamples.ping(1)) == .pong(nonce: 1))
    #expect(connection.receive(FrameSamples.credit(2, 1)) == .resume(slot: 0))
    #expect(connection.finishCall(1) == true)
    connection.endStream(0)
    #expect(connection.openCount == 0)
  }

  @Test func everyRefusalAndViolationSaysWhy() {
    let violations: [ProtocolViolation] = [
      .frame(.notAFrame), .frame(.anotherProtocol), .frame(.frameTooLong(length: 2, limit: 1)), .malformedFrame,
      .unexpectedKind(.none), .unexpectedKind(.reply), .helloExpected, .secondHello, .unsupportedVersion(2),
      .streamOutOfOrder(1, last: 2), .unknownStream(3), .tooManyPings, .creditExceeded(4),
    ]
    for violation in violations {
      #expect(!violation.status.message.isEmpty)
      #expect(violation.status.code == (violation == .tooManyPings ? .resourceExhausted : .invalidArgument))
      #expect(violation.status.reason == (violation == .tooManyPings ? "OVERLOADED" : "PROTOCOL_VIOLATION"))
    }
    let refusals: [(CallRefusal, StatusCode, String)] = [
      (.unknownMethod, .unimplemented, "METHOD_UNKNOWN"),
      (.tooManyStreams(limit: 1), .resourceExhausted, "TOO_MANY_STREAMS"),
      (.tooManyReplyStreams(limit: 1), .resourceExhausted, "TOO_MANY_STREAMS"),
      (.shuttingDown, .unavailable, "SHUTTING_DOWN"), (.cancelled, .cancelled, "CANCELLED"),
    ]
    for (refusal, code, reason) in refusals {
      let status = refusal.status(methodPath: UnsafeRawBufferPointer(start: nil, count: 0))
      #expect(status.code == code && status.reason == reason && !status.message.isEmpty)
    }
  }
}

extension ServerConnection {
  /// Receives a frame as it would come off the wire.
  mutating func receive(_ frame: GatehouseRpcV1.Frame, now: UInt64 = 0) -> ServerAction {
    frame.encoded().withUnsafeBytes { bytes in
      guard let view = try? FrameView(bytes) else { return .close(.malformedFrame) }
      return receive(view, now: now)
    }
  }
}
