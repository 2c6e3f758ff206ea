/// The chain value of a log, which stands for all of it.
enum ChainText {
  /// 16 hexadecimal digits.
  static func digits(_ chain: UInt64) -> String {
    let digits = String(chain, radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }
}
