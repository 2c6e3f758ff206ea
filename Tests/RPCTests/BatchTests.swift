internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import RPC

struct BatchTests {
  private final class NoSink: ReplySink {
    func deliver(_ replies: ReplyBatch) {}
    func wakeStreams() {}
    func wakeStream(_ stream: UInt32, of connection: ConnectionID) {}
  }

  private struct Refused: Error {}

  private func header(_ stream: UInt32) -> CallHeader {
    CallHeader(stream: stream, method: .healthCheck, caller: CallerID(rawValue: 3), deadline: 9)
  }

  @Test func callsKeepTheirRequests() {
    let batch = CallBatch(sink: NoSink())
    var list = CallList()
    let id = ConnectionID(loop: 1, slot: 2, generation: 3)
    for stream in UInt32(1)...100 {
      [UInt8](repeating: UInt8(stream), count: Int(stream)).withUnsafeBytes {
        list.append(header(stream), connection: id, payload: $0)
      }
    }
    #expect(list.count == 100 && list.payloadBytes == 5050)
    batch.take(&list)
    #expect(list.count == 0 && list.payloadBytes == 0)
    for call in batch.calls {
      #expect(call.connection == id && call.caller.rawValue == 3 && call.deadline == 9)
      #expect(
        batch.withPayload(call) { [UInt8]($0) } == [UInt8](repeating: UInt8(call.stream), count: Int(call.stream)))
    }
    #expect(batch.reset(spare: ReplyBatch()) == false)
    #expect(batch.calls.isEmpty)
  }

  @Test func repliesThatAreStillOutAreNotUsedAgain() {
    let batch = CallBatch(sink: NoSink())
    let out = batch.replies
    let spare = ReplyBatch()
    #expect(batch.reset(spare: spare) == true)
    #expect(batch.replies === spare && batch.replies !== out)
  }

  /// The reply in a frame with its length before it, decoded by the generated type.
  private static func reply(in bytes: UnsafeRawBufferPointer) -> GatehouseRpcV1.Reply {
    var decoder = FrameDecoder(limit: .max)
    #expect(decoder.next(bytes) == .frame(length: bytes.count - 4))
    let frame = try? GatehouseRpcV1.Frame(decoding: UnsafeRawBufferPointer(rebasing: bytes[4...]))
    guard case .reply(let reply)? = frame?.kind else { preconditionFailure("not a reply") }
    return reply
  }

  /// In place where the lengths are usual, anew otherwise.
  @Test(arguments: [0, 1, 127, 128, 300, 16_255, 16_256, 70_000])
  func framesAreThoseOfAQueue(size: Int) {
    let payload = [UInt8](repeating: 5, count: size)
    let id = ConnectionID(loop: 0, slot: 7, generation: 1)
    let batch = ReplyBatch()
    var expected = ByteQueue()
    for stream in [1, 127, 128, 1 << 14, 1 << 21, UInt32.max] {
      payload.withUnsafeBytes { bytes in
        batch.succeed(id, stream, encoded: bytes)
        expected.appendSuccess(stream, payload: bytes)
      }
      batch.fail(id, stream, .deadlineExceeded)
      expected.appendEnd(stream, .deadlineExceeded)
    }
    var seen: [UInt8] = []
    batch.forEachConnection { _, answers in answers.forEach { _, frame in seen += frame } }
    #expect(seen == expected.withUnsafeBytes { Array($0) })
  }

  @Test func repliesComeOutAsTheyWentIn() {
    let batch = ReplyBatch()
    let id = ConnectionID(loop: 0, slot: 7, generation: 1)
    batch.succeed(id, 1) { (writer: inout WireWriter) in writer.append(5) }
    #expect(throws: Refused.self) {
      try batch.succeed(id, 2) { (writer: inout WireWriter) throws(Refused) in
        writer.append(6)
        throw Refused()
      }
    }
    batch.fail(id, 3, .deadlineExceeded)
    let other = ConnectionID(loop: 0, slot: 8, generation: 1)
    [UInt8]([8, 9]).withUnsafeBytes { batch.succeed(other, 4, encoded: $0) }
    batch.succeed(id, 5) { (writer: inout WireWriter) in writer.append(7) }
    var seen: [[String]] = []
    batch.forEachConnection { connection, answers in
      seen.append(["connection \(connection.slot)"])
      answers.forEach { stream, frame in
        let reply = Self.reply(in: frame)
        let failure = reply.status.flatMap { $0.code == 0 ? nil : Status($0) }
        seen[seen.count - 1].append("\(stream) \(failure?.code.name ?? "\(reply.payload)")")
      }
    }
    #expect(
      seen == [
        ["connection 7", "1 [5]", "3 DEADLINE_EXCEEDED"], ["connection 8", "4 [8, 9]"], ["connection 7", "5 [7]"],
      ])
    #expect(batch.count == 4)
    batch.removeAll()
    #expect(batch.isEmpty)
  }

  @Test func connectionIDsKeepTheirParts() {
    for (loop, slot, generation) in [(UInt8(0), 0, UInt32(0)), (255, 0xFF_FFFF, .max), (3, 70_000, 5)] {
      let id = ConnectionID(loop: loop, slot: slot, generation: generation)
      #expect(id.loop == loop && id.slot == slot && id.generation == generation)
    }
  }
}
