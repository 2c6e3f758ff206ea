internal import GatehouseAPI
internal import Wallet
internal import WalletSigner

/// What happens in the demonstration: customers who walk through every state, each in their own way.
struct DemoStory {
  let stage: DemoStage
  /// Everybody that was taken in, for the comparison after the crash.
  var customers: [DemoCustomer] = []

  init(stage: DemoStage) {
    self.stage = stage
  }

  /// Leaves a challenge unanswered, to see it expire later.
  mutating func begin() throws(CommandFailure) -> DemoCustomer {
    stage.act("Emil is asked to sign, and takes his time")
    let emil = try join(try stage.create("emil", try .random()))
    let again = try stage.challenge(emil)
    try stage.expect(again.message == emil.challenge, "GetChallenge gives the same bytes again")
    try stage.done("asked for again, the challenge is the same, byte for byte")
    return emil
  }

  mutating func ada() throws(CommandFailure) -> DemoCustomer {
    stage.act("Ada walks the whole way")
    let ada = try join(try stage.create("ada", try .random()))
    stage.tell("What Ada's wallet shows her and signs (EIP-4361):")
    for line in String(decoding: ada.challenge, as: UTF8.self).split(separator: "\n") { stage.tell("  | \(line)") }
    try stage.prove(ada)
    try stage.screen(ada, .clear, leadsTo: .verifying, "the screening of her wallet finds nothing")
    try openSession(for: ada)
    try stage.verify(ada)
    try stage.deactivate(ada, .partner, "asked for by Ada")
    try stage.activate(ada, [], leadsTo: .active, "the hold is lifted")
    let before = stage.lastRevision
    try stage.activate(ada, [], leadsTo: .active, "lifting it again changes nothing, and is no event")
    try stage.expect(try stage.get(ada.id).revision == before, "Activate on ACTIVE changes nothing")
    try repeatCreation(of: ada)
    return ada
  }

  /// The same request with the same idempotency key gets the first answer, though the customer has changed since.
  func repeatCreation(of customer: DemoCustomer) throws(CommandFailure) {
    let again: GatehouseV1.CreateCustomerResponse =
      try stage.session.call(.customerServiceCreateCustomer, customer.creation)
    try stage.expect(again == customer.created, "a repeated request gets the first answer")
    try stage.done("\(customer.name)'s creation, sent again with its idempotency key, gets the first answer again")
  }

  private func openSession(for customer: DemoCustomer) throws(CommandFailure) {
    var request = GatehouseV1.StartVerificationRequest()
    request.customerId = customer.id
    request.provider = "demo-kyc"
    request.reference = "session-\(customer.name)"
    request.sessionUrl = "https://kyc.example/\(customer.name)"
    let response: GatehouseV1.StartVerificationResponse =
      try stage.session.call(.reviewServiceStartVerification, request)
    try stage.reached(.verifying, response.customer, "a verification session is opened for \(customer.name)")
  }

  mutating func boris() throws(CommandFailure) {
    stage.act("Boris is asked for proof, and somebody else signs")
    let boris = try join(try stage.create("boris", try .random()))
    let stranger = try ThrowawayWallet.random()
    try stage.refused("half a signature", .signatureMalformed, of: boris.id) { () throws(CommandFailure) in
      _ = try stage.submit(boris, signature: Array(repeating: 1, count: 32))
    }
    try stage.refused("a signature by another key", .signatureMismatch, of: boris.id) { () throws(CommandFailure) in
      _ = try stage.submit(boris, signature: stranger.sign(message: boris.challenge).bytes)
    }
    let present = try stage.challenge(boris)
    try stage.expect(present.message != boris.challenge, "a wrong signature replaces the challenge")
    try stage.refused("his own, of the challenge that was replaced", .challengeSuperseded) {
      () throws(CommandFailure) in
      let signature = boris.wallet.sign(message: boris.challenge).bytes
      _ = try stage.submit(boris, signature: signature, message: boris.challenge)
    }
    let compact = boris.wallet.sign(message: present.message).compactBytes
    try stage.reached(
      .screening, try stage.submit(boris, signature: compact), "his own of the new one, in the short form of EIP-2098")
    try stage.screen(boris, .inconclusive, leadsTo: .screening, "the provider is not sure: never taken for clear")
    try stage.screen(boris, .clear, leadsTo: .verifying, "the next attempt finds nothing")
    try stage.reached(
      .verifying, try report(boris, .retry, reason: "the photograph is blurred"), "the photograph is blurred: once more"
    )
    try stage.verify(boris)
    try stage.reached(.rejected, try reject(boris, "sanctions list"), "evidence of illicit activity turns up")
    try stage.refused("final: he cannot be activated", .illegalTransition) { () throws(CommandFailure) in
      try stage.activate(boris, [], leadsTo: .active, "")
    }
  }

  func report(
    _ customer: DemoCustomer, _ outcome: GatehouseV1.VerificationOutcome, reason: String = ""
  ) throws(CommandFailure) -> GatehouseV1.Customer? {
    var request = GatehouseV1.ReportVerificationRequest()
    request.customerId = customer.id
    request.outcome = outcome
    request.provider = "demo-kyc"
    request.reason = reason
    let response: GatehouseV1.ReportVerificationResponse =
      try stage.session.call(.reviewServiceReportVerification, request)
    return response.customer
  }

  private func reject(_ customer: DemoCustomer, _ reason: String) throws(CommandFailure) -> GatehouseV1.Customer? {
    var request = GatehouseV1.RejectRequest()
    request.customerId = customer.id
    request.reason = reason
    request.evidence = "case 4711"
    let response: GatehouseV1.RejectResponse = try stage.session.call(.reviewServiceReject, request)
    return response.customer
  }

  mutating func join(_ customer: DemoCustomer) throws(CommandFailure) -> DemoCustomer {
    customers.append(customer)
    return customer
  }
}
