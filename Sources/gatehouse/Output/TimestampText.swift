/// Moments as RFC 3339 text in UTC, to the microsecond.
enum TimestampText {
  /// "2026-08-01T12:34:56.789012Z". Years outside 1 to 9999 are written as they are.
  static func utc(microseconds: Int64) -> String {
    let (days, ofDay) = divided(microseconds, by: 86_400_000_000)
    return date(days) + "T" + clock(ofDay) + "." + digits(ofDay % 1_000_000, 6) + "Z"
  }

  /// The time of day alone, to the millisecond: "12:34:56.789".
  static func timeOfDay(microseconds: Int64) -> String {
    let (_, ofDay) = divided(microseconds, by: 86_400_000_000)
    return clock(ofDay) + "." + digits(ofDay % 1_000_000 / 1000, 3)
  }

  /// The moment that such a text names: a date, "T", a time of day with up to six digits of fraction, "Z".
  static func microseconds(_ text: String) throws(ValueProblem) -> Int64 {
    let problem = ValueProblem("is not a moment such as 2026-08-01T12:34:56Z")
    guard text.utf8.allSatisfy({ $0 < 0x80 }), text.utf8.count >= 20, text.hasSuffix("Z") else { throw problem }
    let bytes = Array(text.utf8)
    func number(_ range: Range<Int>) -> Int64? {
      decimal(Substring(String(decoding: bytes[range], as: UTF8.self))).flatMap { Int64(exactly: $0) }
    }
    let marks: [(Int, Character)] = [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")]
    guard marks.allSatisfy({ Character(Unicode.Scalar(bytes[$0.0])) == $0.1 }),
      let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), hour < 24, minute < 60,
      second < 60, let days = days(year: year, month: month, day: day)
    else { throw problem }
    var fraction: Int64 = 0
    if bytes.count > 20 {
      let places = bytes.count - 21
      guard bytes[19] == UInt8(ascii: "."), (1...6).contains(places), let value = number(20..<(20 + places)) else {
        throw problem
      }
      fraction = (places..<6).reduce(value) { scaled, _ in scaled * 10 }
    }
    return ((days * 24 + hour) * 60 + minute) * 60_000_000 + second * 1_000_000 + fraction
  }

  private static func clock(_ ofDay: Int64) -> String {
    let seconds = ofDay / 1_000_000
    return "\(digits(seconds / 3600, 2)):\(digits(seconds / 60 % 60, 2)):\(digits(seconds % 60, 2))"
  }

  /// Days since 1970-01-01 as a date of the Gregorian calendar (Howard Hinnant, "chrono-compatible low-level date
  /// algorithms", civil_from_days).
  private static func date(_ days: Int64) -> String {
    let (era, ofEra) = divided(days + 719_468, by: 146_097)
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * ofYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(ofYear - (153 * shifted + 2) / 5 + 1, 2))"
  }

  /// The way back (days_from_civil); nil for a day that the month does not have.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64? {
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    guard day >= 1, day <= lengths[Int(month) - 1] else { return nil }
    let (era, yearOfEra) = divided(month <= 2 ? year - 1 : year, by: 400)
    let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear - 719_468
  }

  /// Quotient and remainder, the remainder never negative.
  private static func divided(_ value: Int64, by divisor: Int64) -> (Int64, Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }

  private static func digits(_ value: Int64, _ width: Int) -> String {
    let text = "\(value)"
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
