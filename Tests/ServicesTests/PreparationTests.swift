internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Testing
internal import WalletSigner

@testable import Services

/// Calls that are prepared together.
struct PreparationTests {
  private static func creation(_ number: UInt8, _ spell: (String) -> String = { $0 }) -> [UInt8] {
    GatehouseV1.CreateCustomerRequest.with {
      $0.wallet = "eip155:1:0x" + spell(String("\(ServicesFixture.wallet(number).address)".dropFirst(2)))
      $0.externalId = "external-\(number)"
    }.encoded()
  }

  /// The same letters, each in the other case.
  private static func turned(_ digits: String) -> String {
    String(digits.map { $0.isUppercase ? Character($0.lowercased()) : Character($0.uppercased()) })
  }

  /// More creations than are checked at once, between calls of other kinds: each customer gets its own checksum, and
  /// whoever has a wrong one is refused alone.
  @Test func theChecksumsOfABatchAreEachCustomersOwn() throws {
    let fixture = try ServicesFixture()
    let wrong: Set<UInt8> = [3, 8, 19]
    var calls: [(method: RPCMethod, payload: [UInt8])] = []
    var numbers: [Int: UInt8] = [:]
    for number: UInt8 in 1...20 {
      if number % 4 == 0 { calls.append((.healthCheck, [])) }
      if number == 10 { calls.append((.customerServiceCreateCustomer, [0x0A, 0xFF])) }
      numbers[calls.count] = number
      let spell: (String) -> String =
        wrong.contains(number) ? Self.turned : number % 3 == 0 ? { $0.lowercased() } : { $0 }
      calls.append((.customerServiceCreateCustomer, Self.creation(number, spell)))
    }
    for (index, answer) in fixture.call(calls).enumerated() {
      switch (calls[index].method, numbers[index]) {
      case (.healthCheck, _): #expect(throws: Never.self) { try answer.get() }
      case (_, nil): #expect(Self.refusal(answer)?.reason == "PAYLOAD_MALFORMED")
      case (_, let number?) where wrong.contains(number):
        #expect(Self.refusal(answer)?.reason == "WALLET_INVALID")
        #expect(Self.refusal(answer)?.message.contains("EIP-55") == true)
      case (_, let number?):
        let created = try GatehouseV1.CreateCustomerResponse(decoding: try answer.get())
        #expect(created.customer?.wallet == "eip155:1:\(ServicesFixture.wallet(number).address)")
        #expect(created.customer?.externalId == "external-\(number)")
      }
    }
  }

  private static func refusal(_ answer: Result<[UInt8], Status>) -> Status? {
    if case .failure(let status) = answer { status } else { nil }
  }
}
