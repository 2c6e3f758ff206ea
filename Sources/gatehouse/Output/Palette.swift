/// Text attributes of terminals (ECMA-48 "select graphic rendition"); nothing at all when off.
struct Palette: Sendable, Equatable {
  enum Ink: Int, Sendable {
    case bold = 1
    case dim = 2
    case red = 31
    case green = 32
    case yellow = 33
    case blue = 34
    case magenta = 35
    case cyan = 36
  }

  let isOn: Bool

  func paint(_ text: String, _ inks: Ink?...) -> String {
    let inks = inks.compactMap(\.self)
    guard isOn, !inks.isEmpty else { return text }
    return "\u{1B}[\(inks.map { String($0.rawValue) }.joined(separator: ";"))m\(text)\u{1B}[0m"
  }
}
