internal import GatehouseAPI
internal import ProtobufWire

/// Prints what a server answered, for a person or for a program.
struct AnswerPrinter {
  let console: Console
  let isJSON: Bool

  private var palette: Palette { console.palette }

  /// The customer after a change: one line.
  func changed(_ customer: GatehouseV1.Customer) {
    guard !isJSON else { return console.print(customer.json.text) }
    var line = "\(customer.id)  \(palette.paint(customer.state.shortName, customer.state.ink))"
    line += "  revision \(customer.revision)"
    let about = [customer.waiting, customer.held, customer.reason].filter { !$0.isEmpty }.joined(separator: "; ")
    console.print(about.isEmpty ? line : "\(line)  \(palette.paint(PlainText.escaped(about), .dim))")
  }

  /// Everything about a customer, a line each.
  func whole(_ customer: GatehouseV1.Customer) {
    guard !isJSON else { return console.print(customer.json.text) }
    var pairs = [
      ("id", customer.id), ("state", customer.state.shortName), ("waits for", customer.waiting),
      ("holds", customer.held), ("reason", customer.reason), ("external id", customer.externalId),
      ("wallet", customer.wallet), ("tenant", customer.tenant),
    ]
    pairs += customer.labels.map { ("label \($0.key)", $0.value) }
    pairs += [
      ("created", customer.createdAt?.utc ?? ""), ("updated", customer.updatedAt?.utc ?? ""),
      ("revision", "\(customer.revision)"),
    ]
    list(pairs, ink: ["state": customer.state.ink])
  }

  /// What the wallet has to sign. Not for a terminal, the message goes out byte for byte, without an end of line.
  func challenge(_ challenge: GatehouseV1.Challenge) {
    if isJSON { return console.print(challenge.json.text) }
    console.write(String(decoding: challenge.message, as: UTF8.self) + (console.isTerminal ? "\n" : ""))
  }

  func created(_ response: GatehouseV1.CreateCustomerResponse) {
    if isJSON {
      return console.print(
        JSON.members(["customer": response.customer?.json, "challenge": response.challenge?.json]).text)
    }
    if let customer = response.customer { whole(customer) }
    guard let challenge = response.challenge else { return }
    console.print("\nThe wallet has to sign this by \(challenge.expiresAt?.utc ?? "the end of time"):\n")
    for line in String(decoding: challenge.message, as: UTF8.self).split(
      separator: "\n", omittingEmptySubsequences: false)
    {
      console.print(palette.paint(line.isEmpty ? "" : "  \(line)", .dim))
    }
  }

  func verification(_ verification: GatehouseV1.Verification) {
    guard !isJSON else { return console.print(verification.json.text) }
    list([
      ("customer", verification.customerId), ("attempt", "\(verification.attempt)"),
      ("provider", verification.provider), ("reference", verification.reference),
      ("session", verification.sessionUrl), ("expires", verification.expiresAt?.utc ?? ""),
      ("reason", verification.reason),
    ])
  }

  /// Names and values, lined up; what is empty is left out.
  func list(_ pairs: [(name: String, value: String)], ink: [String: Palette.Ink?] = [:]) {
    let pairs = pairs.filter { !$0.value.isEmpty }
    let widths = [pairs.map(\.name.count).max() ?? 0, 0]
    for (name, value) in pairs {
      let cells = [TextTable.Cell(name, .dim), TextTable.Cell(value, ink[name] ?? nil)]
      console.print(TextTable.line(cells, widths, [.left, .left], palette))
    }
  }
}
