/// RFC 3986, sections 3 and 3.2, as far as a sign-in message needs it: is this a URI, is this an authority.
///
/// Each check answers with the position of the first byte that no valid text could have there (the length, where the
/// text ends too early), or nil for valid text.
enum URIGrammar {
  private static let subDelimiters = "!$&'()*+,;="
  private static let unreserved = ByteSet.alphanumerics.union("-._~")
  private static let registeredName = unreserved.union(subDelimiters)
  private static let userInformation = registeredName.union(":")
  private static let pathCharacter = registeredName.union(":@")
  private static let path = pathCharacter.union("/")
  private static let query = path.union("?")
  private static let schemeTail = ByteSet.alphanumerics.union("+-.")
  /// What a statement may hold: reserved, unreserved and space (EIP-4361).
  private static let statement = unreserved.union(subDelimiters).union(":/?#[]@ ")

  /// `scheme ":" hier-part [ "?" query ] [ "#" fragment ]`.
  static func firstOffenceInURI(_ text: UnsafeRawBufferPointer) -> Int? {
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else {
      return firstOffenceInScheme(text) ?? text.count
    }
    if let offence = firstOffenceInScheme(slice(text, 0, colon)) { return offence }
    let hash = text.firstIndex(of: UInt8(ascii: "#")) ?? text.count
    let mark = text[..<hash].firstIndex(of: UInt8(ascii: "?")) ?? hash
    var start = colon &+ 1
    if mark &- start >= 2 && text[start] == UInt8(ascii: "/") && text[start &+ 1] == UInt8(ascii: "/") {
      start &+= 2
      let end = text[start..<mark].firstIndex(of: UInt8(ascii: "/")) ?? mark
      if let offence = firstOffenceInAuthority(slice(text, start, end)) { return start &+ offence }
      start = end
    }
    if let offence = firstOutside(path, in: slice(text, start, mark)) { return start &+ offence }
    if mark < hash, let offence = firstOutside(query, in: slice(text, mark &+ 1, hash)) { return mark &+ 1 &+ offence }
    if hash < text.count, let offence = firstOutside(query, in: slice(text, hash &+ 1, text.count)) {
      return hash &+ 1 &+ offence
    }
    return nil
  }

  /// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )`.
  static func firstOffenceInScheme(_ text: UnsafeRawBufferPointer) -> Int? {
    guard let first = text.first, ByteSet.letters.contains(first) else { return 0 }
    return text.firstIndex { !schemeTail.contains($0) }
  }

  /// `[ userinfo "@" ] host [ ":" port ]`.
  static func firstOffenceInAuthority(_ text: UnsafeRawBufferPointer) -> Int? {
    var start = 0
    if let at = text.firstIndex(of: UInt8(ascii: "@")) {
      if let offence = firstOutside(userInformation, in: slice(text, 0, at)) { return offence }
      start = at &+ 1
    }
    var end = text[start...].firstIndex(of: UInt8(ascii: ":")) ?? text.count
    if start < text.count && text[start] == UInt8(ascii: "[") {
      guard let bracket = text[start...].firstIndex(of: UInt8(ascii: "]")) else { return text.count }
      let literal = slice(text, start &+ 1, bracket)
      guard IPLiteral.isAddress(literal) || isFutureAddress(literal) else { return start &+ 1 }
      end = bracket &+ 1
      if end < text.count && text[end] != UInt8(ascii: ":") { return end }
    } else if let offence = firstOutside(registeredName, in: slice(text, start, end)) {
      return start &+ offence
    }
    guard end < text.count else { return nil }
    return text[(end &+ 1)...].firstIndex { !ByteSet.digits.contains($0) }
  }

  /// `*pchar`, a request id.
  static func firstOffenceInPathSegment(_ text: UnsafeRawBufferPointer) -> Int? {
    firstOutside(pathCharacter, in: text)
  }

  /// A statement of EIP-4361, which knows no percent-encoding.
  static func firstOffenceInStatement(_ text: UnsafeRawBufferPointer) -> Int? {
    text.firstIndex { !statement.contains($0) }
  }

  /// `"v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" )`.
  private static func isFutureAddress(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let first = text.first, first | 0x20 == UInt8(ascii: "v"), let dot = text.firstIndex(of: UInt8(ascii: "."))
    else {
      return false
    }
    let version = text[1..<dot], address = text[(dot &+ 1)...]
    return !version.isEmpty && version.allSatisfy { Hexadecimal.value(of: $0) != nil }
      && !address.isEmpty && address.allSatisfy(userInformation.contains)
  }

  /// The first byte that is neither in the set nor part of a percent-encoded byte.
  private static func firstOutside(_ set: ByteSet, in text: UnsafeRawBufferPointer) -> Int? {
    var position = 0
    while position < text.count {
      if text[position] == UInt8(ascii: "%") {
        for digit in (position &+ 1)...(position &+ 2)
        where digit >= text.count || Hexadecimal.value(of: text[digit]) == nil {
          return digit
        }
        position &+= 3
      } else if set.contains(text[position]) {
        position &+= 1
      } else {
        return position
      }
    }
    return nil
  }

  private static func slice(_ text: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: text[start..<end])
  }
}
