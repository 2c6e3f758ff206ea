/// `IPv6address` of RFC 3986, section 3.2.2.
enum IPLiteral {
  /// Up to eight groups of one to four hexadecimal digits; `::` once for one group or more; the last two groups may be
  /// written as an IPv4 address.
  static func isAddress(_ text: UnsafeRawBufferPointer) -> Bool {
    var groups = 0
    var hasGap = false
    var position = 0
    while position < text.count {
      if text[position] == UInt8(ascii: ":") {
        // Two colons are the gap; a single one only separates groups, which is seen behind the group.
        guard !hasGap, position &+ 1 < text.count, text[position &+ 1] == UInt8(ascii: ":") else { return false }
        hasGap = true
        position &+= 2
        continue
      }
      let end = text[position...].firstIndex(of: UInt8(ascii: ":")) ?? text.count
      let group = UnsafeRawBufferPointer(rebasing: text[position..<end])
      if end == text.count && group.contains(UInt8(ascii: ".")) {
        groups &+= 2
        guard isIPv4(group) else { return false }
      } else {
        groups &+= 1
        guard 1...4 ~= group.count, group.allSatisfy({ Hexadecimal.value(of: $0) != nil }) else { return false }
      }
      position = end
      if position < text.count {
        // A colon behind a group leads to another group or begins the gap.
        guard position &+ 1 < text.count else { return false }
        if text[position &+ 1] != UInt8(ascii: ":") { position &+= 1 }
      }
    }
    return hasGap ? groups <= 7 : groups == 8
  }

  /// Four decimals of 0 to 255 without leading zeros.
  private static func isIPv4(_ text: UnsafeRawBufferPointer) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard let value = DecimalDigits.value(of: UnsafeRawBufferPointer(rebasing: part)) else { return false }
        return value <= 255
      }
  }
}
