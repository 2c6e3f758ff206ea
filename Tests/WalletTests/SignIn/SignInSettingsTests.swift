internal import Testing

@testable import Wallet

@Suite struct SignInSettingsTests {
  private static func refusal(
    domain: String = "app.example", uri: String = "https://app.example", statement: String? = "Prove it."
  ) -> SignInSettingError? {
    do throws(SignInSettingError) {
      _ = try SignInSettings(domain: domain, uri: uri, statement: statement)
      return nil
    } catch {
      return error
    }
  }

  @Test func takesWhatTheGrammarTakes() throws {
    #expect(Self.refusal() == nil)
    #expect(Self.refusal(domain: "user@[2001:db8::1]:8443", uri: "did:key:z6Mk", statement: nil) == nil)
    #expect(Self.refusal(statement: "-._~:/?#[]@!$&'()*+,;= aZ09") == nil)
    #expect(try SignInSettings(domain: "a", uri: "a:", statement: "").statement == nil)
  }

  @Test(arguments: [
    ("", SignInSettingError.Problem.empty), ("a/b", .character(at: 1)), ("https://app.example", .character(at: 6)),
    ("a b", .character(at: 1)), ("bücher.example", .character(at: 1)), ("[::1", .incomplete),
    ("a\n", .character(at: 1)),
    (String(repeating: "a", count: 4097), .tooLong),
  ]) func refusesWhatIsNoDomain(domain: String, problem: SignInSettingError.Problem) {
    #expect(Self.refusal(domain: domain) == SignInSettingError(setting: .domain, problem: problem))
  }

  @Test(arguments: [
    ("", SignInSettingError.Problem.empty), ("app.example", .incomplete), ("//app.example", .character(at: 0)),
    ("https://a b", .character(at: 9)), ("https://a/%4", .incomplete), ("https://a\n", .character(at: 9)),
    ("a:" + String(repeating: "a", count: 4095), .tooLong),
  ]) func refusesWhatIsNoURI(uri: String, problem: SignInSettingError.Problem) {
    #expect(Self.refusal(uri: uri) == SignInSettingError(setting: .uri, problem: problem))
  }

  @Test func refusesEveryCharacterThatAStatementMayNotHold() {
    let allowed = Set(
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#[]@!$&'()*+,;= ".unicodeScalars)
    for value in UInt32(0)...0x17F {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let expected =
        allowed.contains(scalar) ? nil : SignInSettingError(setting: .statement, problem: .character(at: 3))
      #expect(Self.refusal(statement: "abc\(scalar)") == expected)
    }
    #expect(Self.refusal(statement: "100%25") == SignInSettingError(setting: .statement, problem: .character(at: 3)))
  }

  @Test func namesTheSetting() {
    let errors = [Self.refusal(domain: ""), Self.refusal(uri: ""), Self.refusal(statement: "\n")].compactMap(\.self)
    #expect(errors.map(\.setting) == [.domain, .uri, .statement])
    #expect(Set(errors.map(\.description)).count == 3)
    #expect(errors.last?.description.contains("offset 0") == true)
  }

  @Test func writesTheMessageThatItStandsFor() throws {
    var generator = SeededGenerator(seed: 12)
    let id = "0190f5d0-7c2b-7cc3-9b1f-3a2b1c0d4e5f"
    for statement in ["Prove that you own this wallet.", nil] {
      let settings = try SignInSettings(domain: "app.example:8443", uri: "https://app.example/x", statement: statement)
      for _ in 0..<50 {
        let address = try #require(EthereumAddress(generator.bytes(20)))
        let wallet = try #require(WalletAccount(chainID: generator.next() >> (generator.next() % 64), address: address))
        let nonce = Hexadecimal.text(of: generator.bytes(11))
        let issuedAt = Int64.random(in: CivilTime.range, using: &generator)
        let message = settings.message(
          wallet: wallet, nonce: nonce, issuedAt: issuedAt, expirationTime: issuedAt / 1_000_000 * 1_000_000,
          requestID: id)
        var bytes: [UInt8] = [1]
        Array(id.utf8).withUnsafeBytes { id in
          Array(nonce.utf8).withUnsafeBytes { nonce in
            settings.appendMessage(
              wallet: wallet, nonce: nonce, issuedAt: issuedAt, expirationTime: issuedAt / 1_000_000 * 1_000_000,
              requestID: id, to: &bytes)
          }
        }
        #expect(Array(bytes.dropFirst()) == message.bytes)
        #expect(try SignInMessage(text: message.bytes) == message)
      }
    }
  }

  @Test func theLongestSettingsStayReadable() throws {
    let longest = String(repeating: "a", count: SignInSettings.maximumByteCount)
    let settings = try SignInSettings(domain: longest, uri: "a:" + longest.dropLast(2), statement: longest)
    let wallet = try WalletAccount(text: "eip155:\(UInt64.max):0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")
    let message = settings.message(
      wallet: wallet, nonce: "5ufoiEqDaFvmfo78XyZ012", issuedAt: 1, expirationTime: 2, requestID: "a")
    #expect(try SignInMessage(text: message.bytes) == message)
  }
}
