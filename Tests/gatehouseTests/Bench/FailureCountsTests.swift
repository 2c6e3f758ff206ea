internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import gatehouse

@Suite struct FailureCountsTests {
  private func count(_ status: Status, _ counts: inout FailureCounts) {
    status.wire.encoded().withUnsafeBytes { counts.count(status: $0) }
  }

  @Test func reasonsAreRead() {
    var counts = FailureCounts()
    for _ in 0..<3 {
      count(
        Status(
          .resourceExhausted, .overloaded, "too much", metadata: [("a", "b")], retryAfterMicroseconds: 5,
          fieldViolations: [(field: "f", description: "d")]), &counts)
    }
    count(Status(.alreadyExists, .customerExists, "there"), &counts)
    #expect(counts.byReason == ["OVERLOADED": 3, "CUSTOMER_EXISTS": 1])
    #expect(counts.total == 4)
  }

  @Test func aStatusWithoutAReasonIsToldByItsCode() {
    var counts = FailureCounts()
    count(Status(code: .unavailable, message: "gone"), &counts)
    [UInt8](repeating: 0xFF, count: 3).withUnsafeBytes { counts.count(status: $0) }
    #expect(counts.byReason == ["UNAVAILABLE": 1, "UNKNOWN": 1])
  }

  @Test func countsAreMerged() {
    var one = FailureCounts()
    one.count("A")
    var other = FailureCounts()
    other.count("A", times: 2)
    other.count("B", times: 0)
    other.count("C")
    one.merge(other)
    #expect(one.byReason == ["A": 3, "C": 1])
  }
}
