internal import Foundation
internal import Testing

@testable import Wallet

@Suite struct SignInMessageTests {
  private static func message(of fields: [String: Any]) throws -> SignInMessage {
    SignInMessage(
      scheme: fields["scheme"] as? String, domain: try #require(fields["domain"] as? String),
      address: try EthereumAddress(text: try #require(fields["address"] as? String)),
      statement: fields["statement"] as? String, uri: try #require(fields["uri"] as? String),
      chainID: try #require(fields["chain_id"] as? NSNumber).uint64Value,
      nonce: try #require(fields["nonce"] as? String),
      issuedAt: try #require(fields["issued_at"] as? NSNumber).int64Value,
      expirationTime: (fields["expiration_time"] as? NSNumber)?.int64Value,
      notBefore: (fields["not_before"] as? NSNumber)?.int64Value, requestID: fields["request_id"] as? String,
      resources: fields["resources"] as? [String])
  }

  @Test func writesAndReadsWhatSiweWrites() throws {
    let objects = try Vectors.objects("messages.jsonl")
    #expect(objects.count >= 200)
    for object in objects {
      let text = try #require(object["text"] as? String)
      let message = try Self.message(of: object)
      #expect(message.bytes == Array(text.utf8))
      #expect(try SignInMessage(text: text.utf8) == message)
    }
  }

  /// The grammar of EIP-4361 as siwe has it, on messages with one edit each.
  @Test func acceptsExactlyWhatTheGrammarAccepts() throws {
    var accepted = 0
    for object in try Vectors.objects("mutants.jsonl") {
      let text = try #require(object["text"] as? String)
      let isAccepted = try #require(object["accepted"] as? Bool)
      #expect(((try? SignInMessage(text: text.utf8)) != nil) == isAccepted, "\(text)")
      accepted += isAccepted ? 1 : 0
    }
    #expect(accepted > 50)
  }

  private static let lines = [
    "https://app.example wants you to sign in with your Ethereum account:",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "",
    "Prove it.", "", "URI: https://app.example", "Version: 1", "Chain ID: 300", "Nonce: 5ufoiEqDaFvmfo78",
    "Issued At: 2024-01-17T18:21:53Z", "Expiration Time: 2024-01-17T19:21:53Z", "Not Before: 2024-01-17T18:21:53Z",
    "Request ID: a%20b", "Resources:", "- https://app.example/a", "- did:b",
  ]
  private static let fields: [SignInField] = [
    .domain, .address, .statement, .statement, .statement, .uri, .version, .chainID, .nonce, .issuedAt, .expirationTime,
    .notBefore,
    .requestID, .resources, .resources, .resources,
  ]

  private static func refusal(_ lines: [String]) -> SignInMessageError? {
    do throws(SignInMessageError) {
      _ = try SignInMessage(text: lines.joined(separator: "\n").utf8)
      return nil
    } catch {
      return error
    }
  }

  @Test func namesTheLineThatIsOff() {
    #expect(Self.refusal(Self.lines) == nil)
    for index in Self.lines.indices {
      var lines = Self.lines
      lines[index] += "\t"
      #expect(Self.refusal(lines) == .line(index + 1, Self.fields[index]))
    }
  }

  @Test(arguments: [
    (1, "app.example wants you to sign in with your Solana account:"),
    (1, " wants you to sign in with your Ethereum account:"),
    (1, "https:// wants you to sign in with your Ethereum account:"),
    (1, "1://a wants you to sign in with your Ethereum account:"),
    (1, "a:/b wants you to sign in with your Ethereum account:"),
    (1, "a//b wants you to sign in with your Ethereum account:"),
    (1, "a/b wants you to sign in with your Ethereum account:"),
    (1, "/ wants you to sign in with your Ethereum account:"),
    (1, "a:// b wants you to sign in with your Ethereum account:"), (1, ""),
    (2, "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"),
    (2, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD"), (2, "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAe"), (3, " "),
    (4, "Prove 100%"), (4, "Grüße"), (4, "{}"), (6, "URI: app.example"), (6, "URI:https://app.example"),
    (6, "uri: https://app.example"),
    (6, "URI: "), (7, "Version: 2"), (7, "Version: 11"), (7, "Version: "), (8, "Chain ID: "), (8, "Chain ID: +1"),
    (8, "Chain ID: 0x1"),
    (8, "Chain ID: 18446744073709551616"), (9, "Nonce: 1234567"), (9, "Nonce: 12345678-"), (9, "Nonce: "),
    (10, "Issued At: 2024-01-17"), (10, "Issued At: yesterday"), (10, "Issued At: 2024-13-17T18:21:53Z"),
    (10, "Expiration Time: 2024-01-17T18:21:53Z"),
    (11, "Expiration Time: "), (12, "Not Before: 0"), (13, "Request ID: a b"), (13, "Request ID: a/b"),
    (14, "Resources: "), (15, "- app.example"),
    (15, "-https://app.example"), (15, "- "), (16, ""), (16, "Resources:"),
  ]) func refusesALine(number: Int, line: String) {
    var lines = Self.lines
    lines[number - 1] = line
    #expect(Self.refusal(lines) == .line(number, Self.fields[number - 1]))
  }

  @Test func hasNothingBehindItsEnd() {
    #expect(Self.refusal(Array(Self.lines[..<13]) + [""]) == .trailingLine(14))
    #expect(Self.refusal(Array(Self.lines[..<13]) + ["Resources"]) == .trailingLine(14))
    #expect(Self.refusal(Array(Self.lines[..<12]) + ["Expiration Time: 2024-01-17T19:21:53Z"]) == .trailingLine(13))
    #expect(Self.refusal(Array(Self.lines[..<10])) == nil)
    for count in 0..<10 { #expect(Self.refusal(Array(Self.lines[..<count])) != nil) }
  }

  @Test func hasTwoEmptyLinesWithoutAStatement() throws {
    let head = Array(Self.lines[..<3]), tail = Array(Self.lines[5...])
    let message = try SignInMessage(text: (head + [""] + tail).joined(separator: "\n").utf8)
    #expect(message.statement == nil)
    #expect(message.bytes == Array((head + [""] + tail).joined(separator: "\n").utf8))
    #expect(Self.refusal(head + tail) == .line(5, .statement))
    #expect(Self.refusal(head + ["", ""] + tail) == .line(5, .uri))
  }

  @Test func endsLinesInLineFeedsAlone() {
    let text = Self.lines.joined(separator: "\r\n")
    #expect(throws: SignInMessageError.line(1, .domain)) { try SignInMessage(text: text.utf8) }
    #expect(throws: SignInMessageError.line(1, .domain)) { try SignInMessage(text: "\n\(text)".utf8) }
  }

  @Test func isNotTooLong() {
    let limit = SignInMessage.maximumByteCount
    #expect(throws: SignInMessageError.tooLong(limit + 1)) {
      try SignInMessage(text: [UInt8](repeating: 10, count: limit + 1))
    }
    #expect(throws: SignInMessageError.tooLong(10_000_000)) {
      try SignInMessage(text: [UInt8](repeating: 65, count: 10_000_000))
    }
    #expect(throws: SignInMessageError.line(1, .domain)) {
      try SignInMessage(text: [UInt8](repeating: 10, count: limit))
    }
  }

  @Test func namesTheFirstFieldThatDiffers() throws {
    let base = try SignInMessage(text: Self.lines.joined(separator: "\n").utf8)
    #expect(base.firstDifference(from: base) == nil)
    let edits: [(SignInField, (inout SignInMessage) -> Void)] = [
      (.domain, { $0.scheme = nil }), (.domain, { $0.domain = "evil.example" }),
      (.domain, { $0.domain = "app.example@evil" }),
      (.address, { $0.address = .zero }), (.statement, { $0.statement = nil }),
      (.uri, { $0.uri = "http://app.example" }),
      (.chainID, { $0.chainID = 1 }), (.nonce, { $0.nonce = "5ufoiEqDaFvmfo79" }), (.issuedAt, { $0.issuedAt += 1 }),
      (.expirationTime, { $0.expirationTime = nil }), (.notBefore, { $0.notBefore = nil }),
      (.requestID, { $0.requestID = "" }),
      (.resources, { $0.resources = [] }),
    ]
    for (field, edit) in edits {
      var other = base
      edit(&other)
      #expect(other.firstDifference(from: base) == field)
      #expect(base.firstDifference(from: other) == field)
      #expect(other.bytes != base.bytes)
    }
    #expect(Set(edits.map(\.0)).union([.version]) == Set(SignInField.allCases))
  }

  /// Whatever is read is written so that it reads the same; times have several forms, so the bytes may differ.
  @Test func survivesEveryChangedByteAndEveryEnd() throws {
    let text = Array(Self.lines.joined(separator: "\n").utf8)
    var accepted = 0
    for position in text.indices {
      for byte: UInt8 in [0, 9, 10, 13, 32, 34, 37, 47, 48, 57, 58, 64, 65, 97, 127, 128, 195, 255] {
        var other = text
        other[position] = byte
        guard let message = try? SignInMessage(text: other) else { continue }
        #expect(try SignInMessage(text: message.bytes) == message)
        accepted += 1
      }
      if let message = try? SignInMessage(text: text[..<position]) {
        #expect(message.bytes == Array(text[..<position]))
      }
    }
    #expect(accepted > 300)
  }

  @Test func saysWhatIsWrong() {
    let errors: [SignInMessageError] = [.tooLong(1), .line(2, .uri), .line(3, .nonce), .trailingLine(4)]
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
