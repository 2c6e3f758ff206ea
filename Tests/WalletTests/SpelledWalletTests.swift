internal import Testing

@testable import Wallet

/// Wallets whose checksum is looked at later.
@Suite struct SpelledWalletTests {
  private static let address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"

  @Test func isTheAccountThatTheTextNames() throws {
    for address in [Self.address, "0x" + Self.address.dropFirst(2).uppercased(), Self.address.lowercased()] {
      let text = "eip155:300:\(address)"
      let spelled = try SpelledWallet(text: text)
      #expect(spelled.chainID == 300)
      let account = try spelled.account(checksumCase: spelled.address.checksumCase)
      #expect(try account == WalletAccount(text: text))
      #expect(account.description == "eip155:300:\(Self.address)")
    }
  }

  @Test func itsChecksumIsLookedAtLast() throws {
    let spelled = try SpelledWallet(text: "eip155:300:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD")
    #expect(throws: WalletAccountError.checksum) {
      try spelled.account(checksumCase: spelled.address.checksumCase)
    }
  }

  @Test func theZeroAddressIsRefusedAtOnce() {
    #expect(throws: WalletAccountError.zeroAddress) {
      try SpelledWallet(text: "eip155:1:0x0000000000000000000000000000000000000000")
    }
    #expect(throws: WalletAccountError.malformed) { try SpelledWallet(text: "eip155:1:0x0") }
    #expect(throws: WalletAccountError.unsupportedNamespace) { try SpelledWallet(text: "tron:27Lqcw:TJRabPrwbZy45s") }
  }

  /// Digits of every value, both cases, at every place.
  @Test func everyDigitIsReadAtEveryPlace() throws {
    for position in 0..<40 {
      for digit in "0123456789abcdefABCDEF".utf8 {
        var text = [UInt8](repeating: UInt8(ascii: "1"), count: 40)
        text[position] = digit
        let spelled = try withContiguousBytes(of: Array("0x".utf8) + text) { raw in
          Result { () throws(AddressError) in try SpelledAddress(raw) }
        }.get()
        #expect(Hexadecimal.text(of: spelled.address.bytes).utf8.elementsEqual(text.map { $0 | 0x20 }))
        let isCapital = digit < UInt8(ascii: "a") && digit >= UInt8(ascii: "A")
        #expect(spelled.capitals == (isCapital ? 1 << UInt64(39 - position) : 0))
        #expect(!spelled.isMixed)
      }
    }
  }
}
