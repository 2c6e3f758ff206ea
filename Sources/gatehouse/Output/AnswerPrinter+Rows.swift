internal import GatehouseAPI

/// Customers as rows of a table that is printed while it is fetched, so its widths are fixed.
extension AnswerPrinter {
  private static let titles = ["ID", "STATE", "REVISION", "EXTERNAL ID", "WALLET", "ABOUT"]
  private static let widths = [36, 10, 8, 20, 51, 0]
  private static let alignments: [TextTable.Alignment] = [.left, .left, .right, .left, .left, .left]

  func customerTitles() {
    guard !isJSON else { return }
    print(Self.titles.map { TextTable.Cell($0, .dim) })
  }

  func row(_ customer: GatehouseV1.Customer) {
    guard !isJSON else { return console.print(customer.json.text) }
    let about = [customer.waiting, customer.held, customer.reason].first { !$0.isEmpty } ?? ""
    print([
      TextTable.Cell(customer.id), TextTable.Cell(customer.state.shortName, customer.state.ink),
      TextTable.Cell("\(customer.revision)"), TextTable.Cell(customer.externalId), TextTable.Cell(customer.wallet),
      TextTable.Cell(about, .dim),
    ])
  }

  private func print(_ cells: [TextTable.Cell]) {
    console.print(TextTable.line(cells, Self.widths, Self.alignments, console.palette))
  }
}
