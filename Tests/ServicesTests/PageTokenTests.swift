internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import Services

struct PageTokenTests {
  private let selection = PageToken.Selection(tenant: nil, states: [.active], attentionOnly: false)

  @Test(arguments: [0, 1, 35, 36, 1_000_000, Int(UInt32.max)])
  func comesBack(slot: Int) throws {
    let token = PageToken(slot: slot, of: selection)
    #expect(try PageToken(token.text, of: selection).slot == slot)
  }

  @Test func refusesWhatItDidNotMake() {
    let text = PageToken(slot: 7, of: selection).text
    for made in [
      "", "p1", "p1.7", "p1.7.", text + "a", text.uppercased(), "p2" + text.dropFirst(2), "p1.-1.x", "p1.+7.x",
    ] {
      #expect(throws: Status.self) { try PageToken(made, of: selection) }
    }
    for other in [
      PageToken.Selection(tenant: "t", states: [.active], attentionOnly: false),
      PageToken.Selection(tenant: nil, states: [.inactive], attentionOnly: false),
      PageToken.Selection(tenant: nil, states: [.active], attentionOnly: true),
    ] {
      #expect(throws: Status.self) { try PageToken(text, of: other) }
    }
  }
}

struct RequestValidationTests {
  private func reason<Failure>(_ body: () throws(Status) -> Failure) -> String? {
    do {
      _ = try body()
      return nil
    } catch {
      return error.reason
    }
  }

  @Test func walletsAreToldApart() {
    func check(_ text: String) -> String? {
      reason { () throws(Status) in
        try text.withUTF8Bytes { bytes in Result { () throws(Status) in try RequestValidation.wallet(bytes) } }.get()
      }
    }
    #expect(check("eip155:1:0x" + String(repeating: "a", count: 40)) == nil)
    #expect(check("") == "WALLET_INVALID")
    #expect(check("eip155:1:0x" + String(repeating: "0", count: 40)) == "WALLET_INVALID")
    #expect(check("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyi") == "UNSUPPORTED_CHAIN")
  }

  @Test func textsAreBounded() {
    func check(_ text: String) -> String? {
      reason { () throws(Status) in try RequestValidation.text(text, "f", atLeast: 1, atMost: 4) }
    }
    #expect(check("abcd") == nil)
    #expect(check("") == "FIELD_INVALID")
    #expect(check("abcde") == "FIELD_INVALID")
    #expect(check("\u{e9}\u{e9}") == nil, "four bytes")
    #expect(check("\u{e9}\u{e9}a") == "FIELD_INVALID", "five")
    for control in ["\0", "\n", "\u{1f}", "\u{7f}", "\u{85}"] { #expect(check(control) == "FIELD_INVALID") }
  }

  @Test func keysArePrintableASCII() {
    func check(_ key: String) -> String? { reason { () throws(Status) in try RequestValidation.idempotencyKey(key) } }
    #expect(check(String(repeating: "k", count: 64)) == nil)
    #expect(check(String(repeating: "k", count: 65)) == "FIELD_INVALID")
    #expect(check("\u{e9}") == "FIELD_INVALID")
    #expect(check("a\tb") == "FIELD_INVALID")
  }

  @Test func onlyThePlatformNamesATenant() {
    let partner = Caller(principal: "p", tenant: "mine", role: .partner)
    #expect(reason { () throws(Status) in try RequestValidation.tenant("other", by: partner) } == "FIELD_INVALID")
    #expect(reason { () throws(Status) in try RequestValidation.tenant("mine", by: partner) } == nil)
    #expect(reason { () throws(Status) in try RequestValidation.tenant("other", by: .local()) } == nil)
    #expect(partner.visibleTenant == "mine")
    // Who acts for all has none of its own, and nobody is called what stands for all.
    let platform = Caller(principal: "p", tenant: nil, role: .platform)
    #expect(reason { () throws(Status) in try RequestValidation.tenant("", by: platform) } == "FIELD_INVALID")
    #expect(reason { () throws(Status) in try RequestValidation.tenant("*", by: platform) } == "FIELD_INVALID")
    #expect(reason { () throws(Status) in try RequestValidation.visibleTenant("", by: platform) } == nil)
    #expect(Caller.local().visibleTenant == nil)
  }
}
