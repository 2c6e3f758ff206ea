internal import Testing

/// The README keeps up with the server.
struct ReadmeTests {
  @Test func bothCommandsAreThere() throws {
    let readme = try Checkout.text("README.md")
    for command in ["swift run -c release gatehouse demo", "swift test"] {
      let isThere = readme.contains(command)
      #expect(isThere, "README.md does not show \(command)")
    }
  }

  /// Every reason of `reason.proto` has a row with its status code.
  @Test func everyReasonIsNamed() throws {
    let readme = try Checkout.text("README.md")
    let lines = try Checkout.text("proto/gatehouse/v1/reason.proto").split(separator: "\n")
    var code = ""
    var reasons = 0
    for line in lines.map({ $0.trimmingPrefix(while: { $0 == " " }) }) {
      if line.hasPrefix("// "), let colon = line.firstIndex(of: ":") {
        let word = line[line.index(line.startIndex, offsetBy: 3)..<colon]
        if !word.isEmpty, word.allSatisfy({ $0.isUppercase || $0 == "_" }) { code = String(word) }
      }
      guard line.hasPrefix("REASON_"), !line.hasPrefix("REASON_UNSPECIFIED") else { continue }
      let name = line.prefix { $0 != " " }.dropFirst("REASON_".count)
      reasons += 1
      let hasRow = readme.contains("| `\(name)` | `\(code)` |")
      #expect(hasRow, "README.md has no row | `\(name)` | `\(code)` |")
    }
    #expect(reasons > 30)
  }

  /// Every RPC method is named.
  @Test func everyMethodIsNamed() throws {
    let readme = try Checkout.text("README.md")
    for file in ["admin_service", "customer_service", "review_service", "simulator_service"] {
      for line in try Checkout.text("proto/gatehouse/v1/\(file).proto").split(separator: "\n") {
        let words = line.split(whereSeparator: { $0 == " " || $0 == "(" })
        guard words.first == "rpc", words.count > 1 else { continue }
        let isNamed = readme.contains("`\(words[1])`")
        #expect(isNamed, "README.md does not name \(words[1])")
      }
    }
  }
}
