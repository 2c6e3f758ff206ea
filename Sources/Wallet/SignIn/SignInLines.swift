/// The lines of a text, one after the other. The text must outlive it.
struct SignInLines {
  private let text: UnsafeRawBufferPointer
  /// Where the next line begins; past the end of the text once the last line, which no line feed ends, is read.
  private var position = 0
  /// The number of the next line, from 1.
  private(set) var number = 1

  init(text: UnsafeRawBufferPointer) { self.text = text }

  var isAtEnd: Bool { position > text.count }

  /// Reads a line that begins with `label`; throws the line where there is none or where `body` refuses the rest by
  /// nil.
  @discardableResult
  mutating func read<Value>(
    _ field: SignInField, label: StaticString = "", _ body: (UnsafeRawBufferPointer) -> Value?
  ) throws(SignInMessageError) -> Value {
    guard let line, let rest = Self.rest(of: line, behind: label), let value = body(rest) else {
      throw .line(number, field)
    }
    position += line.count + 1
    number += 1
    return value
  }

  /// Reads a line that may be left out: answers nil, having read nothing, where the next line has another label.
  mutating func readOptional<Value>(
    _ field: SignInField, label: StaticString, _ body: (UnsafeRawBufferPointer) -> Value?
  ) throws(SignInMessageError) -> Value? {
    guard let line, Self.rest(of: line, behind: label) != nil else { return nil }
    return try read(field, label: label, body)
  }

  private var line: UnsafeRawBufferPointer? {
    guard !isAtEnd else { return nil }
    let end = text[position...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
    return UnsafeRawBufferPointer(rebasing: text[position..<end])
  }

  private static func rest(of line: UnsafeRawBufferPointer, behind label: StaticString) -> UnsafeRawBufferPointer? {
    line.starts(with: label.bytes) ? UnsafeRawBufferPointer(rebasing: line.dropFirst(label.bytes.count)) : nil
  }
}
