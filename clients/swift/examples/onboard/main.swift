// Takes a customer in: creates them, has their wallet sign the challenge, and waits until they may use the services.
//
//   swift run client-onboard 127.0.0.1:7420 eip155:1:0x… alice
//
// Prints the message that the wallet has to sign and reads the signature, hexadecimal, from standard input.

import Client
import GatehouseAPI

func onboard(_ client: GatehouseClient, wallet: String, externalID: String) async throws {
  let created = try await client.customer.createCustomer(
    .with {
      $0.wallet = wallet
      $0.externalId = externalID
    })
  guard let customer = created.customer else { return }
  print(String(decoding: created.challenge?.message ?? [], as: UTF8.self))
  let signature = bytes(readLine() ?? "")
  _ = try await client.customer.submitChallenge(
    .with {
      $0.customerId = customer.id
      $0.signature = signature
    })
  // From the creation on: nothing that happened meanwhile is missed.
  let events = client.watch(
    .with {
      $0.afterRevision = customer.revision
      $0.customerIds = [customer.id]
    })
  for try await case .event(let event) in events {
    print("\(customer.id) is \(event.to.shortName)")
    if [.active, .rejected].contains(event.to) { return }
  }
}

/// The bytes that hexadecimal digits stand for; "0x" may be before them.
func bytes(_ text: String) -> [UInt8] {
  let digits = Array(text.hasPrefix("0x") ? text.dropFirst(2) : text[...])
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
}

let arguments = CommandLine.arguments
do {
  try await onboard(GatehouseClient(arguments[1]), wallet: arguments[2], externalID: arguments[3])
} catch let refusal as GatehouseError {
  print("refused: \(refusal.code.name) \(refusal.reason) \(refusal.metadata): \(refusal.message)")
}
