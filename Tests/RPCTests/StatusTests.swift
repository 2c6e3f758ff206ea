internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import RPC

struct StatusTests {
  @Test func codesAreThoseOfGRPC() {
    #expect(StatusCode.allCases.map(\.rawValue) == Array(0...16))
    #expect(StatusCode(wire: 5) == .notFound)
    for unknown in [-1, 17, Int32.max] { #expect(StatusCode(wire: unknown) == .unknown) }
    #expect(Set(StatusCode.allCases.map(\.name)).count == 17)
    #expect(StatusCode.failedPrecondition.name == "FAILED_PRECONDITION")
  }

  @Test func detailsCanBeReadBack() {
    let status = Status(
      .invalidArgument, .fieldInvalid, "the wallet is missing", metadata: [("field", "wallet")],
      retryAfterMicroseconds: 1_500_000, fieldViolations: [("wallet", "must be set")])
    let received = Status(status.wire)
    #expect(received == status)
    #expect(received.reason == "FIELD_INVALID")
    #expect(received.errorInfo?.domain == "gatehouse")
    #expect(received.errorInfo?.metadata["field"] == "wallet")
    #expect(received.badRequest?.fieldViolations.first?.field == "wallet")
    #expect(received.retryAfterMicroseconds == 1_500_000)
    #expect(received.description == "INVALID_ARGUMENT FIELD_INVALID: the wallet is missing")
  }

  @Test func whatWasNotSaidIsNotThere() {
    let status = Status(.notFound, .customerNotFound, "no such customer")
    #expect(status.badRequest == nil && status.retryAfterMicroseconds == nil)
    #expect(Status.ok.reason == nil)
    #expect(Status.ok.description == "OK")
  }

  @Test func foreignDetailsDoNotTrap() {
    var any = GoogleProtobuf.`Any`()
    any.typeUrl = "type.googleapis.com/google.rpc.RetryInfo"
    // A delay of Int64.max seconds.
    any.value = [0x0A, 0x0A, 0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F]
    _ = Status(code: .unavailable, message: "", details: [any]).retryAfterMicroseconds
    any.value = [0xFF]
    #expect(Status(code: .unavailable, message: "", details: [any]).retryAfterMicroseconds == nil)
  }
}
