internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import gatehouse

@Suite struct ServerFrameTests {
  private func answer(_ queue: borrowing ByteQueue) throws -> (stream: UInt32, payload: [UInt8], status: [UInt8]?) {
    try queue.withUnsafeBytes { bytes in
      guard case .reply(let answer) = try ServerFrame(UnsafeRawBufferPointer(rebasing: bytes[4...])) else {
        return (0, [], nil)
      }
      return (answer.stream, [UInt8](answer.payload), answer.status.map { [UInt8]($0) })
    }
  }

  @Test func successAndRefusalAreTold() throws {
    var queue = ByteQueue()
    [7, 8].withUnsafeBytes { queue.appendSuccess(300, payload: $0) }
    let success = try answer(queue)
    #expect(success.stream == 300 && success.payload.count == 16 && success.status == [])
    queue.removeAll()
    queue.appendEnd(4, .overloaded)
    let refusal = try answer(queue)
    #expect(refusal.stream == 4 && refusal.payload.isEmpty)
    #expect(refusal.status == Status.overloaded.wire.encoded())
    queue.removeAll()
    [1].withUnsafeBytes { queue.appendMessage(5, payload: $0) }
    #expect(try answer(queue).status == nil)
  }

  @Test func framesOfTheConnectionAreTold() throws {
    var queue = ByteQueue()
    queue.appendPing(nonce: 77)
    try queue.withUnsafeBytes { bytes in
      guard case .ping(let nonce) = try ServerFrame(UnsafeRawBufferPointer(rebasing: bytes[4...])) else {
        Issue.record("no ping")
        return
      }
      #expect(nonce == 77)
    }
    queue.removeAll()
    queue.appendGoAway(lastStream: 3, .shuttingDown)
    try queue.withUnsafeBytes { bytes in
      guard case .goAway = try ServerFrame(UnsafeRawBufferPointer(rebasing: bytes[4...])) else {
        Issue.record("no go-away")
        return
      }
    }
  }

  /// No server sends several, but the format allows it.
  @Test func theLastKindCounts() throws {
    typealias Field = GatehouseRpcV1.Frame.Field
    func isReply(_ kinds: [UInt32]) throws -> Bool {
      var writer = WireWriter()
      for kind in kinds { writer.message(kind) { _ in } }
      return try writer.withUnsafeBytes { if case .reply = try ServerFrame($0) { true } else { false } }
    }
    for other in [Field.hello, Field.goAway, Field.ping] {
      #expect(try !isReply([Field.reply, other]))
      #expect(try isReply([other, Field.reply]))
    }
  }

  /// Whatever a server sends is read or refused.
  @Test func noBytesEndTheProcess() {
    var random = SplitMix(seed: 3)
    for _ in 0..<20_000 {
      let bytes = (0..<random.next(below: 24)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      bytes.withUnsafeBytes { bytes in
        guard case .reply(let answer)? = try? ServerFrame(bytes), let status = answer.status else { return }
        var counts = FailureCounts()
        counts.count(status: status)
        #expect(counts.total == 1)
      }
    }
  }
}
