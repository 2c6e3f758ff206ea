/// A CAIP-10 account id of any namespace, taken apart by the grammar alone.
struct AccountID {
  var namespace: UnsafeRawBufferPointer
  var reference: UnsafeRawBufferPointer
  var address: UnsafeRawBufferPointer

  /// Nil where the text does not follow CAIP-10: `[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}:[-.%a-zA-Z0-9]{1,128}`.
  init?(_ text: UnsafeRawBufferPointer) {
    // 8 + 32 + 128 characters and two colons: whatever is longer is not looked through.
    guard text.count <= 170 else { return nil }
    let colon = UInt8(ascii: ":")
    guard let first = text.firstIndex(of: colon), let second = text[(first + 1)...].firstIndex(of: colon) else {
      return nil
    }
    namespace = UnsafeRawBufferPointer(rebasing: text[..<first])
    reference = UnsafeRawBufferPointer(rebasing: text[(first + 1)..<second])
    address = UnsafeRawBufferPointer(rebasing: text[(second + 1)...])
    guard 3...8 ~= namespace.count, 1...32 ~= reference.count, 1...128 ~= address.count,
      namespace.allSatisfy({ Self.isLowerCaseOrDigit($0) || $0 == UInt8(ascii: "-") }),
      reference.allSatisfy({ Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }),
      address.allSatisfy({
        Self.isAlphanumeric($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "%")
      })
    else { return nil }
  }

  private static func isLowerCaseOrDigit(_ byte: UInt8) -> Bool {
    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    isLowerCaseOrDigit(byte | (UInt8(ascii: "A")...UInt8(ascii: "Z") ~= byte ? 0x20 : 0))
  }
}
