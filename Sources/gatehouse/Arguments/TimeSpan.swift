/// Lengths of time as people write them: "90s", "1h", "1h30m", "250ms"; a number alone is seconds. In microseconds.
enum TimeSpan {
  /// Longest unit first, in the order in which they may follow one another.
  private static let units: [(name: String, microseconds: Int64)] = [
    ("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1000), ("us", 1),
  ]

  static func parse(_ text: String) throws(ValueProblem) -> Int64 {
    let problem = ValueProblem("is not a length of time such as 90s, 1h, 1h30m or 250ms (a number alone is seconds)")
    if let seconds = decimal(text[...]) {
      guard let span = scaled(seconds, by: 1_000_000) else { throw problem }
      return span
    }
    var rest = text[...]
    var total: Int64 = 0
    var allowed = units[...]
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber }
      let name = rest.dropFirst(digits.count).prefix { $0.isASCII && $0.isLetter }
      guard
        let index = allowed.firstIndex(where: { $0.name == name }), let count = decimal(digits),
        let part = scaled(count, by: allowed[index].microseconds)
      else { throw problem }
      let (sum, overflow) = total.addingReportingOverflow(part)
      guard !overflow else { throw problem }
      total = sum
      allowed = allowed[(index + 1)...]
      rest = rest.dropFirst(digits.count + name.count)
    }
    guard !text.isEmpty else { throw problem }
    return total
  }

  /// The shortest text that `parse` reads back as the same span; for spans that are not negative.
  static func text(_ microseconds: Int64) -> String {
    guard microseconds > 0 else { return "0s" }
    var rest = microseconds
    var text = ""
    for unit in units where rest >= unit.microseconds {
      text += "\(rest / unit.microseconds)\(unit.name)"
      rest %= unit.microseconds
    }
    return text
  }

  private static func scaled(_ count: UInt64, by unit: Int64) -> Int64? {
    guard let count = Int64(exactly: count) else { return nil }
    let (product, overflow) = count.multipliedReportingOverflow(by: unit)
    return overflow ? nil : product
  }
}
