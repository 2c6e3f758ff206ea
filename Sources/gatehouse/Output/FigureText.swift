/// Measured figures as people read them: three significant digits, with the unit that keeps the number short.
enum FigureText {
  /// "0.123", "1.23", "12.3", "123", "1,234,567".
  static func number(_ value: Double) -> String {
    switch abs(value) {
    // Beyond, a number of 64 bits would not hold it; nothing that is measured is so large.
    case 1e15...: "\(value)"
    case 99.95...: grouped(Int(value.rounded()))
    case 9.995...: fixed(value, 1)
    case 0.9995...: fixed(value, 2)
    default: value.isFinite ? fixed(value, 3) : "-"
    }
  }

  /// "850 ns", "12.3 us", "1.23 ms", "12.3 s".
  static func duration(nanoseconds: Double) -> String {
    switch nanoseconds {
    case ..<999.5: number(nanoseconds.rounded()) + " ns"
    case ..<999_500: number(nanoseconds / 1e3) + " us"
    case ..<999_500_000: number(nanoseconds / 1e6) + " ms"
    default: number(nanoseconds / 1e9) + " s"
    }
  }

  /// Without digits that say nothing: "0", "99.9", "1,000", "0.001".
  static func short(_ value: Double) -> String {
    guard abs(value) < 1e15, value.rounded() == value else { return "\(value)" }
    return grouped(Int(value))
  }

  /// A share in percent, for what is small beside what it is a share of: "20 %", "1.5 %".
  static func percent(_ share: Double) -> String {
    let percent = share * 100
    return (abs(percent) < 9.95 ? fixed(percent, 1) : fixed(percent, 0)) + " %"
  }

  /// A whole number with commas between its thousands.
  static func grouped(_ number: Int) -> String {
    let digits = String(number.magnitude)
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0 && (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// So many digits behind the point; the value is below 10^15.
  static func fixed(_ value: Double, _ decimals: Int) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "-" }
    let scale = (0..<decimals).reduce(1) { scale, _ in scale * 10 }
    let scaled = (value * Double(scale)).rounded()
    let whole = Int(scaled.magnitude) / scale
    let sign = scaled < 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let fraction = String(Int(scaled.magnitude) % scale)
    return "\(sign)\(whole)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }
}
