internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import gatehouse

@Suite struct CallTemplateTests {
  private func frame(_ queue: borrowing ByteQueue) throws -> GatehouseRpcV1.Frame {
    let bytes = queue.withUnsafeBytes { [UInt8]($0) }
    let length = bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    #expect(bytes.count == 4 + length)
    return try GatehouseRpcV1.Frame(decoding: Array(bytes.dropFirst(4)))
  }

  /// A call is the one that the generated types make, whatever its stream.
  @Test(arguments: [1, 127, 128, 16_384, 1 << 21, 1 << 28, UInt32.max])
  func aCallIsWhatTheGeneratedTypesMake(stream: UInt32) throws {
    let template = CallTemplate(
      .customerServiceGetCustomer, SampleCustomer.lookUp, marks: [CustomerNumber.mark])
    var queue = ByteQueue()
    Array("0123456789abcdef".utf8).withUnsafeBytes { template.append(stream, to: &queue, $0) }
    let frame = try frame(queue)
    guard case .call(let call) = frame.kind else {
      Issue.record("no call")
      return
    }
    #expect(frame.stream == stream)
    #expect(call.method == RPCMethod.customerServiceGetCustomer.path)
    let request = try GatehouseV1.GetCustomerRequest(decoding: call.payload)
    #expect(request.externalId == "load-0123456789abcdef")
    var again = GatehouseRpcV1.Frame()
    again.stream = stream
    again.kind = .call(call)
    #expect(queue.withUnsafeBytes { [UInt8]($0.dropFirst(4)) } == again.encoded())
  }

  @Test func everyHoleOfAMarkIsFilled() throws {
    let template = CallTemplate(
      .customerServiceCreateCustomer, SampleCustomer.creation, marks: [CustomerNumber.mark])
    var queue = ByteQueue()
    Array("fedcba9876543210".utf8).withUnsafeBytes { template.append(9, to: &queue, $0) }
    guard case .call(let call) = try frame(queue).kind else {
      Issue.record("no call")
      return
    }
    let request = try GatehouseV1.CreateCustomerRequest(decoding: call.payload)
    #expect(request.externalId == "load-fedcba9876543210")
    #expect(request.wallet == "eip155:1:0x000000000000000000000000fedcba9876543210")
  }
}
