// Feeds a dashboard: how many customers are in each state, kept up to date through restarts and broken connections.
//
//   swift run client-dashboard 127.0.0.1:7420

import Client
import GatehouseAPI

let client = GatehouseClient(Array(CommandLine.arguments.dropFirst()))
let watch = client.watch(.with { $0.snapshot = true }, onHistoryLost: .snapshot)
var states: [String: GatehouseV1.CustomerState] = [:]
var isWhole = false
for try await change in watch {
  switch change {
  case .snapshotBegun: (states, isWhole) = ([:], false)
  case .current(let customer): states[customer.id] = customer.state
  case .event(let event): states[event.customer?.id ?? ""] = event.to
  case .snapshotComplete: isWhole = true
  case .progress: break
  }
  guard isWhole else { continue }
  let counts = Dictionary(grouping: states.values) { $0.shortName }.sorted { $0.key < $1.key }
  let text = counts.map { "\($0.key) \($0.value.count)" }.joined(separator: ", ")
  print("revision \(watch.position ?? 0), behind by \(watch.behindBy): \(text)")
}
