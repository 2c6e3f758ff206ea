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

  /// What is worked out once for neighbouring calls is worked out again where another tenant or caller follows: three
  /// tenants have a customer of the same external id, and each call gets its own.
  @Test func theCallsOfABatchAreEachTheirTenants() throws {
    let tokens = (1...3).map { String(repeating: "\($0)", count: 40) }
    let holders = zip(tokens, ["everybody * platform", "one a partner", "two b partner"])
    let lines = holders.map { "\(TokenDigest(of: $0)) \($1)" }.joined(separator: "\n")
    let fixture = try ServicesFixture(access: AccessControl(try TokensFile(Array(lines.utf8))))
    let callers = try tokens.map { try fixture.dispatcher.authenticate(authorization: "Bearer \($0)").get() }
    // (caller, tenant that the call names, tenant that it is about)
    let turns: [(caller: Int, named: String, tenant: String)] = [
      (1, "", "a"), (2, "", "b"), (0, "c", "c"), (0, "a", "a"), (0, "c", "c"), (1, "a", "a"), (2, "", "b"),
      (1, "", "a"),
    ]
    let creations = (0..<3).map { index in
      GatehouseV1.CreateCustomerRequest.with {
        $0.wallet = "eip155:1:\(ServicesFixture.wallet(UInt8(index + 1)).address)"
        $0.externalId = "the same"
        $0.tenant = turns[index].named
      }.encoded()
    }
    let created = fixture.call(
      creations.map { (.customerServiceCreateCustomer, $0) }, by: turns[..<3].map { callers[$0.caller] })
    var ids: [String: String] = [:]
    for (turn, answer) in zip(turns, created) {
      let customer = try GatehouseV1.CreateCustomerResponse(decoding: try answer.get()).customer
      #expect(customer?.tenant == turn.tenant)
      ids[turn.tenant] = customer?.id
    }
    #expect(Set(ids.values).count == 3)
    let lookups = turns.map { turn in
      GatehouseV1.GetCustomerRequest.with {
        $0.externalId = "the same"
        $0.tenant = turn.named
      }.encoded()
    }
    let found = fixture.call(
      lookups.map { (.customerServiceGetCustomer, $0) }, by: turns.map { callers[$0.caller] })
    for (turn, answer) in zip(turns, found) {
      #expect(try GatehouseV1.GetCustomerResponse(decoding: try answer.get()).customer?.id == ids[turn.tenant])
    }
    fixture.caller = callers[0]
    for (tenant, principal) in [("a", "one"), ("b", "two"), ("c", "everybody")] {
      let request = GatehouseV1.GetHistoryRequest.with { $0.customerId = ids[tenant] ?? "" }
      let history = try fixture.call(.customerServiceGetHistory, request.encoded()).get()
      #expect(try GatehouseV1.GetHistoryResponse(decoding: history).events.map(\.cause?.principal) == [principal])
    }
  }

  private static func refusal(_ answer: Result<[UInt8], Status>) -> Status? {
    if case .failure(let status) = answer { status } else { nil }
  }
}
