internal import GatehouseAPI
internal import WalletSigner

/// Somebody in the demonstration: a name, a wallet, and what the server has said of them.
struct DemoCustomer {
  /// The external id.
  let name: String
  let wallet: ThrowawayWallet
  /// The request that took the customer in; made again, it gets the same answer.
  let creation: GatehouseV1.CreateCustomerRequest
  let created: GatehouseV1.CreateCustomerResponse

  var id: String { created.customer?.id ?? "" }
  /// What the wallet was asked to sign first.
  var challenge: [UInt8] { created.challenge?.message ?? [] }
}
