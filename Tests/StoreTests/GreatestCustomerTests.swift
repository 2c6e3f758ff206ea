internal import ByteText
internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Testing
internal import Wallet

@testable import Store

/// The room that records and answers are written into is enough for customers that hold as much as can be: every text
/// at the greatest length that is taken in, every number at its greatest.
struct GreatestCustomerTests {
  private static let latest = Timestamp(microseconds: .max)
  private static func text(_ length: Int) -> String { String(repeating: "é", count: length / 2) }

  private static let session = Session(
    provider: text(64), reference: text(256), url: text(2048), expiresAt: latest)

  private static let review = Review(
    since: latest, attempt: .max, nextAttemptAt: latest, lastOutcome: .inconclusive,
    attention: .conflictingOutcomes, hits: .max, lastHit: Hit(at: latest, provider: text(64)), session: session,
    reason: text(256), screenings: .max)

  static let standings: [Standing] = [
    .initiating(
      Proof(
        nonce: Nonce("0123456789abcdefghijkl") ?? { preconditionFailure("22 letters and digits") }(),
        issuedAt: Timestamp(microseconds: 253_402_300_799_000_000), attempt: .max, mismatches: .max,
        windowBegan: latest, lastOutcome: .signatureMismatch)),
    .screening(review),
    .verifying(review),
    .active(Monitoring(clearedAt: latest, screenings: .max, review: review)),
    .inactive(
      HoldKind.allCases.map { Hold(kind: $0, reason: text(256), at: latest) },
      Monitoring(clearedAt: latest, screenings: .max, review: review)),
    .rejected(reason: text(1024)),
  ]

  private static func record(_ standing: Standing) throws -> JournalRecord {
    let address = try EthereumAddress(text: "0xffffffffffffffffffffffffffffffffffffffff")
    let account = try #require(WalletAccount(chainID: .max, address: address))
    let id = CustomerID(high: .max, low: .max)
    let customer = CustomerRecord(
      id: id, tenant: text(64), externalID: InlineText(text(256)), account: account,
      labels: "abcdefghijklmnop".map { Label(key: text(62) + "\($0)x", value: text(256)) },
      createdAt: latest, updatedAt: latest, revision: .max, standing: standing)
    return JournalRecord(
      revision: .max, at: latest, previousRevision: .max,
      cause: Cause(
        command: .reportScreening, principal: text(256), reason: text(256), privateDetail: text(1024)),
      from: .screening, customer: customer, subject: id,
      idempotency: AnsweredCall(
        key: text(256), digest: RequestDigest(low: .max, high: .max), form: .max, refusal: .max,
        answeredRevision: .max),
      report: Report(
        attempt: .max, outcome: .max, provider: text(64), reference: text(256), risk: text(64), detail: text(1024),
        isFinal: true))
  }

  private func written(_ body: (inout WireWriter) throws -> Void) rethrows -> [UInt8] {
    var writer = WireWriter()
    try body(&writer)
    return writer.withUnsafeBytes { Array($0) }
  }

  @Test(arguments: standings)
  func recordsFit(standing: Standing) throws {
    let record = try Self.record(standing)
    let bytes = written { record.encode(into: &$0) }
    #expect(try GatehouseJournalV1.Block(decoding: bytes).encoded() == bytes)
    #expect(bytes.count <= record.maximumEncodedLength)
  }

  @Test(arguments: standings)
  func aRecordOfNothingFits(standing: Standing) throws {
    var record = try Self.record(standing)
    record.customer?.tenant = ""
    record.customer?.externalID = ""
    record.customer?.labels = []
    record.cause = Cause(command: .createCustomer, principal: "")
    record.idempotency = nil
    record.report = nil
    let bytes = written { record.encode(into: &$0) }
    #expect(try GatehouseJournalV1.Block(decoding: bytes).encoded() == bytes)
  }

  @Test(arguments: standings)
  func answersFit(standing: Standing) throws {
    let customer = try #require(try Self.record(standing).customer)
    let settings = try SignInSettings(
      domain: String(repeating: "d", count: 250), uri: "https://example.com/" + String(repeating: "u", count: 4000),
      statement: String(repeating: "s", count: 4096))
    let terms = ChallengeTerms(settings: settings, policy: Policy())
    var challenges = ChallengeRendering(under: terms)
    let bytes = written { customer.renderAnswer(customer: 1, challenge: 2, by: &challenges, into: &$0) }
    let answer = try GatehouseV1.CreateCustomerResponse(decoding: bytes)
    #expect(answer.customer?.labels.count == 16)
    #expect(answer.customer?.externalId == customer.externalID.string)
    if case .initiating(let proof) = standing {
      #expect(answer.challenge?.message == terms.message(for: customer, proof: proof))
    }
    let alone = written { customer.render(into: &$0) }
    #expect(answer.customer == (try GatehouseV1.Customer(decoding: alone)))
  }
}
