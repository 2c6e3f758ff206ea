internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System

/// Echoes unary calls, unless it was told to fail the next ones. Except: an external id of "refuse" is refused, one of
/// "never" is not answered until `release()`.
/// A Watch counts from 1 to its `afterRevision` in progress messages, or is idle for ever when it has none.
final class TestHandler: CallHandler {
  private let failures = Monitor<(left: [Status], failed: [[UInt8]])>(([], []))
  private let held = Monitor<[@Sendable () -> Void]>([])

  func authenticate(authorization: String) -> Result<CallerID, Status> {
    authorization == "Bearer wrong"
      ? .failure(Status(.unauthenticated, .tokenInvalid, "the token is not known")) : .success(CallerID(rawValue: 1))
  }

  func handle(_ batch: CallBatch) {
    let replies = batch.replies
    for call in batch.calls {
      batch.withPayload(call) { payload in
        if let failure = nextFailure(of: payload) { return replies.fail(call.connection, call.stream, failure) }
        let request = try? GatehouseV1.GetCustomerRequest(decoding: payload)
        switch request?.externalId {
        case "refuse":
          replies.fail(call.connection, call.stream, Status(.notFound, .customerNotFound, "no such customer"))
        case "never":
          let late = ReplyBatch()
          late.succeed(call.connection, call.stream, encoded: payload)
          held.withLock { $0.append { [sink = batch.sink] in sink.deliver(late) } }
          held.broadcast()
        default:
          replies.succeed(call.connection, call.stream, encoded: payload)
        }
      }
    }
    batch.sink.deliver(replies)
  }

  /// The next calls fail so, in this order.
  func failNext(_ statuses: Status...) {
    failures.withLock { $0.left += statuses }
  }

  /// The payloads of the calls that failed because of ``failNext(_:)``.
  var failed: [[UInt8]] { failures.withLock { $0.failed } }

  private func nextFailure(of payload: UnsafeRawBufferPointer) -> Status? {
    failures.withLock { failures in
      guard !failures.left.isEmpty else { return nil }
      failures.failed.append([UInt8](payload))
      return failures.left.removeFirst()
    }
  }

  /// Waits until so many calls are held back.
  func waitForHeld(_ count: Int) {
    held.wait { $0.count >= count ? () : nil }
  }

  /// Answers what was held back.
  func release() {
    for answer in held.withLock({ held in
      defer { held = [] }
      return held
    }) { answer() }
  }

  func open(_ call: StreamOpening) -> any ReplySource {
    let request = try? GatehouseV1.WatchRequest(decoding: call.payload)
    return CountingSource(last: request?.afterRevision ?? 0)
  }
}

/// Sends the numbers from 1 to `last` as progress, then ends; idle for ever when `last` is 0.
final class CountingSource: ReplySource {
  private let last: UInt64
  private var revision: UInt64 = 0

  init(last: UInt64) {
    self.last = last
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    if last == 0 { return .idle(until: .max) }
    if revision == last { return .end(.ok) }
    revision += 1
    var response = GatehouseV1.WatchResponse()
    response.progress = GatehouseV1.Progress()
    response.progress?.revision = revision
    response.encode(into: &payload)
    return .message
  }

  func cancelled() {}
}
