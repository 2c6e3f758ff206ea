/// How the text of a flag or an operand becomes a value, and what stands for it in help.
struct ValueForm<Value: Sendable>: Sendable {
  let placeholder: String
  let parse: @Sendable (String) throws(ValueProblem) -> Value

  init(_ placeholder: String, _ parse: @escaping @Sendable (String) throws(ValueProblem) -> Value) {
    self.placeholder = placeholder
    self.parse = parse
  }
}

extension ValueForm where Value == String {
  /// Any text but none at all.
  static func text(_ placeholder: String) -> ValueForm {
    ValueForm(placeholder) { text throws(ValueProblem) in
      guard !text.isEmpty else { throw ValueProblem("is empty") }
      return text
    }
  }

  /// One of a few words, in any letter case.
  static func choice(_ words: [String]) -> ValueForm {
    ValueForm(words.joined(separator: "|")) { text throws(ValueProblem) in
      guard let word = words.first(where: { $0 == text.lowercased() }) else {
        throw ValueProblem("is none of \(words.joined(separator: ", "))")
      }
      return word
    }
  }
}

extension ValueForm where Value == UInt64 {
  /// A whole number in decimal digits, within a range.
  static func number(_ placeholder: String = "N", _ range: ClosedRange<UInt64> = 0...UInt64.max) -> ValueForm {
    ValueForm(placeholder) { text throws(ValueProblem) in
      guard let value = decimal(text[...]), range.contains(value) else {
        throw ValueProblem(
          range.upperBound == UInt64.max
            ? (range.lowerBound == 0 ? "is not a whole number" : "is not a whole number from \(range.lowerBound) on")
            : "is not a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
      return value
    }
  }

  /// A number of bytes: plain, or with KiB, MiB or GiB behind it.
  static func byteCount(_ range: ClosedRange<UInt64>) -> ValueForm {
    ValueForm("BYTES") { text throws(ValueProblem) in
      let units: [(suffix: String, bytes: UInt64)] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)]
      let unit = units.first { text.hasSuffix($0.suffix) }
      let digits = text.dropLast(unit?.suffix.count ?? 0)
      guard let count = decimal(digits) else {
        throw ValueProblem("is not a number of bytes such as 65536, 64KiB or 1MiB")
      }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: unit?.bytes ?? 1)
      guard !overflow, range.contains(bytes) else {
        throw ValueProblem("is not from \(range.lowerBound) to \(range.upperBound) bytes")
      }
      return bytes
    }
  }
}

extension ValueForm where Value == HostPort {
  /// A host and a port, the port within a range (0 lets the system choose, where that makes sense).
  static func hostPort(_ ports: ClosedRange<UInt16>) -> ValueForm {
    ValueForm("HOST:PORT") { text throws(ValueProblem) in
      let value = try HostPort(text)
      guard ports.contains(value.port) else {
        throw ValueProblem("has a port that is not from \(ports.lowerBound) to \(ports.upperBound)")
      }
      return value
    }
  }
}

extension ValueForm where Value == Int64 {
  /// A length of time in microseconds; see `TimeSpan`.
  static func duration(_ range: ClosedRange<Int64>) -> ValueForm {
    ValueForm("TIME") { text throws(ValueProblem) in
      let span = try TimeSpan.parse(text)
      guard range.contains(span) else {
        throw ValueProblem(
          "is not from \(TimeSpan.text(range.lowerBound)) to \(TimeSpan.text(range.upperBound))")
      }
      return span
    }
  }
}

extension ValueForm where Value == [UInt8] {
  /// Bytes in hexadecimal, with or without "0x" in front.
  static func hexadecimal(_ placeholder: String = "HEX") -> ValueForm {
    ValueForm(placeholder) { text throws(ValueProblem) in
      guard let bytes = Hexadecimal.bytes(text) else {
        throw ValueProblem("is not hexadecimal: pairs of the digits 0-9 and a-f, with or without 0x in front")
      }
      return bytes
    }
  }
}

/// The value of ASCII decimal digits; nil when there are none, others, or too many.
func decimal(_ text: Substring) -> UInt64? {
  guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
  return UInt64(text)
}

/// A name and a value, as in `--label tier=gold`.
struct NamedText: Equatable, Sendable {
  let name: String
  let value: String
}

extension ValueForm where Value == NamedText {
  static var label: ValueForm {
    ValueForm("NAME=VALUE") { text throws(ValueProblem) in
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else { throw ValueProblem("is not NAME=VALUE") }
      return NamedText(name: String(parts[0]), value: String(parts[1]))
    }
  }
}
