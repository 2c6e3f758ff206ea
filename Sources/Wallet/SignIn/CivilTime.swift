/// A moment of the proleptic Gregorian calendar in UTC, as RFC 3339 writes it.
struct CivilTime: Hashable {
  var year: Int64
  var month: Int64
  var day: Int64
  var hour: Int64 = 0
  var minute: Int64 = 0
  var second: Int64 = 0
  var microsecond: Int64 = 0

  /// RFC 3339 writes years with four digits: 0000-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z, as Unix microseconds.
  static let range: ClosedRange<Int64> = -62_167_219_200_000_000...253_402_300_799_999_999

  private static let secondsADay: Int64 = 86_400
  private static let microsecondsASecond: Int64 = 1_000_000

  init(year: Int64, month: Int64, day: Int64) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// The moment so many microseconds from the Unix epoch; what lies outside `range` becomes its nearest end.
  init(unixMicroseconds: Int64) {
    let clamped = min(max(unixMicroseconds, Self.range.lowerBound), Self.range.upperBound)
    let (seconds, microsecond) = Self.floorDivision(clamped, Self.microsecondsASecond)
    let (days, secondOfDay) = Self.floorDivision(seconds, Self.secondsADay)
    self.init(daysSinceEpoch: days)
    hour = secondOfDay / 3600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
    self.microsecond = microsecond
  }

  /// The day so many days from 1970-01-01.
  ///
  /// Years are counted from March, so that the leap day is the last of its year, in eras of 400 years, 146,097 days
  /// each.
  private init(daysSinceEpoch: Int64) {
    let (era, dayOfEra) = Self.floorDivision(daysSinceEpoch + 719_468, 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days from 1970-01-01 to this day.
  private var daysSinceEpoch: Int64 {
    let (era, yearOfEra) = Self.floorDivision(month <= 2 ? year - 1 : year, 400)
    let shiftedMonth = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// Microseconds from the Unix epoch; a second of 60 is the first of the next minute.
  var unixMicroseconds: Int64 {
    let seconds = daysSinceEpoch * Self.secondsADay + hour * 3600 + minute * 60 + second
    return seconds * Self.microsecondsASecond + microsecond
  }

  static func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  private static func floorDivision(_ dividend: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}
