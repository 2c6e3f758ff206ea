/// A drawing as text, made of a few shapes. Colours are classes of a style sheet, so that the reader's scheme decides.
struct SVG: Sendable {
  let width: Int
  let height: Int
  private var body = ""

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// How text lies beside its point.
  enum Anchor: String, Sendable {
    case start
    case middle
    case end
  }

  mutating func text(
    _ text: String, _ x: Double, _ y: Double, _ anchor: Anchor = .start, class name: String = "label",
    turned: Bool = false
  ) {
    let turn = turned ? " transform=\"rotate(-90 \(Self.number(x)) \(Self.number(y)))\"" : ""
    let place = "x=\"\(Self.number(x))\" y=\"\(Self.number(y))\""
    body += "<text class=\"\(name)\" \(place) text-anchor=\"\(anchor.rawValue)\"\(turn)>\(Self.escaped(text))</text>\n"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, class name: String) {
    let (from, to) = ((Self.number(x1), Self.number(y1)), (Self.number(x2), Self.number(y2)))
    body += "<line class=\"\(name)\" x1=\"\(from.0)\" y1=\"\(from.1)\" x2=\"\(to.0)\" y2=\"\(to.1)\"/>\n"
  }

  /// A line through all points.
  mutating func curve(_ points: [(x: Double, y: Double)], class name: String) {
    let path = points.map { "\(Self.number($0.x)),\(Self.number($0.y))" }.joined(separator: " ")
    body += "<polyline class=\"\(name)\" points=\"\(path)\"/>\n"
  }

  /// A point that tells what it is when it is pointed at.
  mutating func dot(_ x: Double, _ y: Double, class name: String, _ title: String) {
    body += "<circle class=\"\(name)\" cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"3.5\">"
    body += "<title>\(Self.escaped(title))</title></circle>\n"
  }

  /// The whole document.
  ///
  /// - Parameter title: what is drawn, for those who cannot see it.
  func document(title: String, style: String) -> String {
    let size = "width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 \(width) \(height)\""
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \(size)>\n<title>\(Self.escaped(title))</title>\n"
      + "<style>\n\(style)\n</style>\n\(body)</svg>\n"
  }

  /// Tenths of a unit are finer than a screen shows.
  private static func number(_ value: Double) -> String { FigureText.fixed(value, 1) }

  /// XML has no way to write most control characters, so they become the sign for what cannot be shown.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case _ where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value & 0xFFFE == 0xFFFE:
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }
}
