internal import GatehouseAPI
internal import Wallet
internal import WalletSigner

/// The calls that the story is made of. Each shows what it did and the events that came of it.
extension DemoStage {
  /// A wallet on Ethereum's main net, chain 1, unless told otherwise.
  func account(_ wallet: ThrowawayWallet, chain: Int = 1) -> String {
    "eip155:\(chain):\(wallet.address)"
  }

  func create(_ name: String, _ wallet: ThrowawayWallet) throws(CommandFailure) -> DemoCustomer {
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = account(wallet)
    request.externalId = name
    request.idempotencyKey = "create-\(name)"
    let response: GatehouseV1.CreateCustomerResponse = try session.call(.customerServiceCreateCustomer, request)
    let customer = response.customer ?? GatehouseV1.Customer()
    try expect(customer.state == .initiating, "\(name) is INITIATING", found: customer.state.shortName)
    try done("\(name) comes with \(customer.wallet) and is given a challenge", upTo: customer.revision)
    return DemoCustomer(name: name, wallet: wallet, creation: request, created: response)
  }

  /// Takes a customer in that the server has to refuse.
  func tryToCreate(_ name: String, wallet: String) throws(CommandFailure) {
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = wallet
    request.externalId = name
    let _: GatehouseV1.CreateCustomerResponse = try session.call(.customerServiceCreateCustomer, request)
  }

  func challenge(_ customer: DemoCustomer) throws(CommandFailure) -> GatehouseV1.Challenge {
    var request = GatehouseV1.GetChallengeRequest()
    request.customerId = customer.id
    let response: GatehouseV1.GetChallengeResponse = try session.call(.customerServiceGetChallenge, request)
    return response.challenge ?? GatehouseV1.Challenge()
  }

  func submit(
    _ customer: DemoCustomer, signature: [UInt8], message: [UInt8] = []
  ) throws(CommandFailure) -> GatehouseV1.Customer {
    var request = GatehouseV1.SubmitChallengeRequest()
    request.customerId = customer.id
    request.signature = signature
    request.message = message
    let response: GatehouseV1.SubmitChallengeResponse = try session.call(.customerServiceSubmitChallenge, request)
    return response.customer ?? GatehouseV1.Customer()
  }

  /// Signs the challenge that the customer was given first, and hands it in.
  func prove(_ customer: DemoCustomer) throws(CommandFailure) {
    let after = try submit(customer, signature: customer.wallet.sign(message: customer.challenge).bytes)
    try reached(.screening, after, "\(customer.name) signs with the wallet's key")
  }

  func screen(
    _ customer: DemoCustomer, _ outcome: GatehouseV1.ScreeningOutcome, detail: String = "",
    leadsTo state: GatehouseV1.CustomerState, _ what: String
  ) throws(CommandFailure) {
    var request = GatehouseV1.SimulateScreenRequest()
    request.customerId = customer.id
    request.outcome = outcome
    request.detail = detail
    let response: GatehouseV1.SimulateScreenResponse = try session.call(.simulatorServiceScreen, request)
    try reached(state, response.customer, what)
  }

  /// Taken in, proven and screened, up to VERIFYING.
  func bringToVerification(_ name: String, _ wallet: ThrowawayWallet) throws(CommandFailure) -> DemoCustomer {
    let customer = try create(name, wallet)
    try prove(customer)
    try screen(customer, .clear, leadsTo: .verifying, "the screening of \(name)'s wallet finds nothing")
    return customer
  }

  func verify(_ customer: DemoCustomer) throws(CommandFailure) {
    var request = GatehouseV1.SimulateVerifyRequest()
    request.customerId = customer.id
    let response: GatehouseV1.SimulateVerifyResponse = try session.call(.simulatorServiceVerify, request)
    try reached(.active, response.customer, "\(customer.name) passes the identity verification")
  }

  func deactivate(
    _ customer: DemoCustomer, _ kind: GatehouseV1.HoldKind, _ reason: String
  ) throws(CommandFailure) {
    var request = GatehouseV1.DeactivateRequest()
    request.customerId = customer.id
    request.kind = kind
    request.reason = reason
    let response: GatehouseV1.DeactivateResponse = try session.call(.customerServiceDeactivate, request)
    try reached(.inactive, response.customer, "\(customer.name) is put on hold, kind \(kind.shortName)")
  }

  func activate(
    _ customer: DemoCustomer, _ kinds: [GatehouseV1.HoldKind], leadsTo state: GatehouseV1.CustomerState,
    _ what: String
  ) throws(CommandFailure) {
    var request = GatehouseV1.ActivateRequest()
    request.customerId = customer.id
    request.kinds = kinds
    let response: GatehouseV1.ActivateResponse = try session.call(.customerServiceActivate, request)
    try reached(state, response.customer, what)
  }

  /// A step went as it should if it has brought the customer to a state.
  func reached(
    _ state: GatehouseV1.CustomerState, _ customer: GatehouseV1.Customer?, _ what: String
  ) throws(CommandFailure) {
    let customer = customer ?? GatehouseV1.Customer()
    try expect(
      customer.state == state, "\(what), and the customer is \(state.shortName)", found: customer.state.shortName)
    try done(what, upTo: customer.revision)
  }
}
