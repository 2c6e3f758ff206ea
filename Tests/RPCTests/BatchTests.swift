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
    let id = ConnectionID(loop: 1, slot: 2, generation: 3)
    for stream in UInt32(1)...100 {
      [UInt8](repeating: UInt8(stream), count: Int(stream)).withUnsafeBytes {
        batch.append(header(stream), connection: id, payload: $0)
      }
    }
    for call in batch.calls {
      #expect(call.connection == id && call.caller.rawValue == 3 && call.deadline == 9)
      #expect(
        batch.withPayload(call) { [UInt8]($0) } == [UInt8](repeating: UInt8(call.stream), count: Int(call.stream)))
    }
    #expect(batch.reset(spare: ReplyBatch()) == false)
    #expect(batch.calls.isEmpty && batch.payloadBytes == 0)
  }

  @Test func repliesThatAreStillOutAreNotUsedAgain() {
    let batch = CallBatch(sink: NoSink())
    let out = batch.replies
    let spare = ReplyBatch()
    #expect(batch.reset(spare: spare) == true)
    #expect(batch.replies === spare && batch.replies !== out)
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
    [UInt8]([8, 9]).withUnsafeBytes { batch.succeed(id, 4, encoded: $0) }
    var seen: [String] = []
    batch.forEach { connection, stream, isFailure, bytes in
      #expect(connection == id)
      let failure = isFailure ? (try? GatehouseRpcV1.Status(decoding: bytes)).map { Status($0) } : nil
      seen.append("\(stream) \(failure?.code.name ?? "\([UInt8](bytes))")")
    }
    #expect(seen == ["1 [5]", "3 DEADLINE_EXCEEDED", "4 [8, 9]"])
    #expect(batch.count == 3)
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
