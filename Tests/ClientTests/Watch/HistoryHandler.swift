internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Synchronization

/// A history of some events that is hard to get at: each stream ends as unavailable after a few messages of two events
/// each. What is not in the history yet is not waited for: behind the last event a stream is idle.
final class HistoryHandler: CallHandler {
  static let storeID = [UInt8](repeating: 7, count: 16)

  let last: UInt64
  let messagesAStream: Int
  private let requests = Mutex<[GatehouseV1.WatchRequest]>([])

  init(last: UInt64, messagesAStream: Int) {
    self.last = last
    self.messagesAStream = messagesAStream
  }

  /// What was asked for, stream by stream.
  var asked: [GatehouseV1.WatchRequest] { requests.withLock { $0 } }

  func authenticate(authorization: String) -> Result<CallerID, Status> { .success(CallerID(rawValue: 1)) }

  func handle(_ batch: CallBatch) {
    let replies = batch.replies
    for call in batch.calls { replies.fail(call.connection, call.stream, .shuttingDown) }
    batch.sink.deliver(replies)
  }

  func open(_ call: StreamOpening) -> any ReplySource {
    let request = (try? GatehouseV1.WatchRequest(decoding: call.payload)) ?? GatehouseV1.WatchRequest()
    requests.withLock { $0.append(request) }
    return HistorySource(behind: request.afterRevision ?? 0, last: last, messages: messagesAStream)
  }
}

private final class HistorySource: ReplySource {
  private let last: UInt64
  private var revision: UInt64
  private var messages: Int

  init(behind revision: UInt64, last: UInt64, messages: Int) {
    self.revision = revision
    self.last = last
    self.messages = messages
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    if revision == last { return .idle(until: .max) }
    if messages == 0 { return .end(Status(code: .unavailable, message: "not now")) }
    messages -= 1
    var response = GatehouseV1.WatchResponse()
    response.storeId = HistoryHandler.storeID
    for _ in 0..<2 where revision < last {
      revision += 1
      response.events.append(.with { $0.revision = revision })
    }
    response.behindBy = last - revision
    response.encode(into: &payload)
    return .message
  }

  func cancelled() {}
}
