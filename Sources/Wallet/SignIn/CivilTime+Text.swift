extension CivilTime {
  /// The longest text, in bytes.
  static let maximumTextLength = 27

  /// Appends `YYYY-MM-DDTHH:MM:SSZ`, with `.` and six digits before the `Z` if the second is not a whole one.
  func appendText(to output: inout OutputRawSpan) {
    output.append(twoDigits: year / 100)
    output.append(twoDigits: year % 100)
    output.append(twoDigits: month, after: "-")
    output.append(twoDigits: day, after: "-")
    output.append(twoDigits: hour, after: "T")
    output.append(twoDigits: minute, after: ":")
    output.append(twoDigits: second, after: ":")
    if microsecond != 0 {
      output.append(twoDigits: microsecond / 10_000, after: ".")
      output.append(twoDigits: microsecond / 100 % 100)
      output.append(twoDigits: microsecond % 100)
    }
    output.append(UInt8(ascii: "Z"))
  }

  /// Unix microseconds of an RFC 3339 `date-time`; nil for text that is none.
  ///
  /// Any offset is taken; digits behind the sixth of a fraction are dropped; a second of 60 is taken where a leap
  /// second can be, at 23:59 UTC.
  static func unixMicroseconds(of text: UnsafeRawBufferPointer) -> Int64? {
    var reader = Reader(text: text)
    guard let year = reader.number(digits: 4), reader.take("-"), let month = reader.number(digits: 2), reader.take("-"),
      let day = reader.number(digits: 2), reader.take("T") || reader.take("t"), let hour = reader.number(digits: 2),
      reader.take(":"), let minute = reader.number(digits: 2), reader.take(":"), let second = reader.number(digits: 2),
      let microsecond = reader.fraction(), let offset = reader.offset(), reader.isAtEnd
    else { return nil }
    guard 1...12 ~= month, day >= 1, day <= daysInMonth(month, of: year), hour <= 23, minute <= 59, second <= 60 else {
      return nil
    }
    var time = CivilTime(year: year, month: month, day: day)
    (time.hour, time.minute, time.second, time.microsecond) = (hour, minute, second, microsecond)
    let result = time.unixMicroseconds - offset * 60_000_000
    if second == 60 {
      let before = CivilTime(unixMicroseconds: result - 1_000_000)
      guard before.hour == 23, before.minute == 59, before.second == 59 else { return nil }
    }
    return result
  }

  private struct Reader {
    var text: UnsafeRawBufferPointer
    var position = 0

    init(text: UnsafeRawBufferPointer) { self.text = text }

    var isAtEnd: Bool { position == text.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
      position += 1
      return true
    }

    mutating func digit() -> Int64? {
      guard position < text.count, ByteSet.digits.contains(text[position]) else { return nil }
      defer { position += 1 }
      return Int64(text[position] &- UInt8(ascii: "0"))
    }

    mutating func number(digits: Int) -> Int64? {
      var number: Int64 = 0
      for _ in 0..<digits {
        guard let digit = digit() else { return nil }
        number = number * 10 + digit
      }
      return number
    }

    /// Microseconds of `[ "." 1*DIGIT ]`; nil where a point has no digit behind it.
    mutating func fraction() -> Int64? {
      guard take(".") else { return 0 }
      guard var value = digit() else { return nil }
      var count = 1
      while let next = digit() {
        if count < 6 {
          value = value * 10 + next
          count += 1
        }
      }
      for _ in count..<6 { value *= 10 }
      return value
    }

    /// Minutes east of UTC of `"Z" / ( "+" / "-" ) hour ":" minute`.
    mutating func offset() -> Int64? {
      if take("Z") || take("z") { return 0 }
      let isEast = take("+")
      guard isEast || take("-"), let hour = number(digits: 2), take(":"), let minute = number(digits: 2), hour <= 23,
        minute <= 59
      else { return nil }
      return (isEast ? 1 : -1) * (hour * 60 + minute)
    }
  }
}

extension OutputRawSpan {
  /// Appends the digits of a number below 100.
  @inline(__always)
  fileprivate mutating func append(twoDigits number: Int64) {
    let number = UInt16(truncatingIfNeeded: number)
    let tens = number / 10
    let digits = (number &- tens &* 10) &<< 8 | tens
    append((digits | 0x3030).littleEndian, as: UInt16.self)
  }

  @inline(__always)
  fileprivate mutating func append(twoDigits number: Int64, after separator: Unicode.Scalar) {
    append(UInt8(ascii: separator))
    append(twoDigits: number)
  }
}
