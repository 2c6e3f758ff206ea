internal import GatehouseAPI
internal import ProtobufWire
internal import RPC

/// How long it takes to encode and to decode the messages and frames that most bytes are made of, beside copying as
/// many bytes.
struct CodecBench: Sendable {
  let samples: CodecSamples
  private let timer: StepTimer

  init(_ timer: StepTimer) {
    samples = CodecSamples()
    self.timer = timer
  }

  func run() -> [ScenarioResult] {
    both("CreateCustomerRequest", samples.createRequest)
      + both("CreateCustomerResponse", samples.createResponse)
      + both("GetCustomerRequest", samples.getRequest)
      + both("Customer", samples.customer)
      + both("SubmitChallengeRequest", samples.submitRequest)
      + both("WatchResponse", samples.watchResponse)
      + both("journal.Record", samples.record)
      + frames()
  }

  private func both<Message: WireMessage>(_ name: String, _ message: Message) -> [ScenarioResult] {
    let bytes = message.encoded()
    return bounded(
      bytes,
      [
        measure(name, "encode", bytes.count) { _ in
          var writer = WireWriter()
          message.encode(into: &writer)
          return writer.withUnsafeBytes { $0.count }
        },
        measure(name, "decode", bytes.count) { _ in (try? Message(decoding: bytes)) == nil ? 0 : 1 },
      ])
  }

  /// Frames are read in place and written into the queue of what is to be sent, as connections do it.
  private func frames() -> [ScenarioResult] {
    let request = samples.createRequest.encoded()
    let response = samples.createResponse.encoded()
    let call = Self.frame {
      $0.appendCall(77, .customerServiceCreateCustomer, timeoutMicroseconds: 0, credit: 0, payload: request)
    }
    let reply = Self.frame { queue in response.withUnsafeBytes { queue.appendSuccess(77, payload: $0) } }
    return bounded(call, [measure("Frame.call", "decode", call.count) { _ in Self.read(call) }])
      + bounded(
        reply,
        [
          measure("Frame.reply", "encode", reply.count) { _ in
            var queue = ByteQueue()
            response.withUnsafeBytes { queue.appendSuccess(77, payload: $0) }
            return queue.count
          },
          measure("Frame.reply", "decode", reply.count) { _ in Self.read(reply) },
        ])
  }

  private static func frame(_ append: (inout ByteQueue) -> Void) -> [UInt8] {
    var queue = ByteQueue()
    append(&queue)
    return queue.withUnsafeBytes { [UInt8]($0.dropFirst(FrameDecoder.prefixBytes)) }
  }

  private static func read(_ frame: [UInt8]) -> Int {
    frame.withUnsafeBytes { (try? FrameView($0)).map { Int($0.stream) } ?? 0 }
  }

  private func measure(
    _ message: String, _ direction: String, _ bytes: Int, _ step: (Int) -> Int
  ) -> ScenarioResult {
    timer.measure(
      "codec", "messages", [.init(name: "message", value: message), .init(name: "direction", value: direction)],
      bytes: bytes, step)
  }

  /// Holds results against what copying the same bytes takes, measured beside them.
  private func bounded(_ bytes: [UInt8], _ results: [ScenarioResult]) -> [ScenarioResult] {
    let target = UnsafeMutableRawBufferPointer.allocate(byteCount: max(bytes.count, 1), alignment: 16)
    defer { target.deallocate() }
    let copying = timer.measure("copy", "messages", []) { _ in
      target.copyBytes(from: bytes)
      return Int(target[0])
    }
    let floor = Floor(name: "copying \(bytes.count) bytes", measure: .rate, value: copying.value(.rate) ?? 0)
    return results.map { result in
      var result = result
      result.bounds = [Bound(figure: .rate, floor: floor)]
      return result
    }
  }
}
