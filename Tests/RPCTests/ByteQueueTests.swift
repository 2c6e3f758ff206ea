internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import RPC

struct ByteQueueTests {
  private func bytes(_ queue: borrowing ByteQueue) -> [UInt8] {
    queue.withUnsafeBytes { [UInt8]($0) }
  }

  @Test func keepsWhatAnArrayKeeps() {
    var random = Seeded(2)
    var queue = ByteQueue()
    var model: [UInt8] = []
    for step in 0..<5_000 {
      if Bool.random(using: &random) {
        let added = [UInt8](repeating: UInt8(truncatingIfNeeded: step), count: Int.random(in: 0...700, using: &random))
        added.withUnsafeBytes { queue.append($0) }
        model += added
      } else {
        let size = Int.random(in: 0...min(model.count, 900), using: &random)
        queue.consume(size)
        model.removeFirst(size)
      }
      #expect(queue.count == model.count)
    }
    #expect(bytes(queue) == model)
    queue.release()
    #expect(queue.isEmpty && queue.allocated == 0)
  }

  @Test func nothingAppendedToNothingIsNothing() {
    var queue = ByteQueue()
    let byte: [UInt8] = [1]
    byte.withUnsafeBytes { queue.append(UnsafeRawBufferPointer(rebasing: $0[1...])) }
    #expect(queue.count == 0)
  }

  @Test func memoryFollowsWhatIsInUseNotWhatHasPassed() {
    var queue = ByteQueue()
    let chunk = [UInt8](repeating: 7, count: 1000)
    for _ in 0..<1000 {
      chunk.withUnsafeBytes { queue.append($0) }
      if queue.count > 3000 { queue.consume(1000) }
    }
    #expect(queue.allocated <= 16_384)
  }

  // MARK: Frames

  /// The one frame in the queue, decoded by the generated type.
  private func frame(_ queue: borrowing ByteQueue) throws -> GatehouseRpcV1.Frame {
    try queue.withUnsafeBytes { buffer in
      var decoder = FrameDecoder(limit: .max)
      #expect(decoder.next(buffer) == .frame(length: buffer.count - 4))
      return try GatehouseRpcV1.Frame(decoding: UnsafeRawBufferPointer(rebasing: buffer[4...]))
    }
  }

  @Test(arguments: [0, 1, 100, 122, 123, 124, 125, 126, 127, 128, 16_000, 16_255, 16_256, 16_380, 16_384, 2_097_152])
  func repliesAreWhatTheGeneratedTypeWrites(size: Int) throws {
    let payload = [UInt8](repeating: 5, count: size)
    for stream in [1, 127, 128, 1 << 14, UInt32.max] {
      var success = ByteQueue()
      payload.withUnsafeBytes { success.appendSuccess(stream, payload: $0) }
      #expect(try frame(success) == FrameSamples.reply(stream, payload: payload, status: GatehouseRpcV1.Status()))
      #expect(success.count - 4 <= ByteQueue.replyFrameBound(size))

      var message = ByteQueue()
      payload.withUnsafeBytes { message.appendMessage(stream, payload: $0) }
      #expect(try frame(message) == FrameSamples.reply(stream, payload: payload, status: nil))
    }
  }

  @Test func endsCarryTheirStatus() throws {
    var failed = ByteQueue()
    failed.appendEnd(3, .shuttingDown)
    #expect(try frame(failed) == FrameSamples.reply(3, payload: [], status: Status.shuttingDown.wire))
    var ended = ByteQueue()
    ended.appendEnd(3, .ok)
    #expect(try frame(ended) == FrameSamples.reply(3, payload: [], status: GatehouseRpcV1.Status()))
  }

  @Test func controlFramesAreWhatTheGeneratedTypeWrites() throws {
    var ping = ByteQueue()
    ping.appendPing(nonce: 1 << 40)
    #expect(try frame(ping) == FrameSamples.ping(1 << 40))
    var cancel = ByteQueue()
    cancel.appendCancel(9)
    #expect(try frame(cancel) == FrameSamples.cancel(9))
    var credit = ByteQueue()
    credit.appendCredit(9, messages: 5)
    #expect(try frame(credit) == FrameSamples.credit(9, 5))
    var call = ByteQueue()
    call.appendCall(4, .customerServiceGetCustomer, timeoutMicroseconds: 6, credit: 7, payload: [8])
    #expect(try frame(call) == FrameSamples.call(4, payload: [8], timeout: 6, credit: 7))
  }
}
