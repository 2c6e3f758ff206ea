internal import Testing

@testable import Wallet

@Suite struct EthereumAddressTests {
  /// The list of EIP-55: all capitals, all lower, and mixed.
  private static let listed = [
    "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
    "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
    "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
    "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
  ]

  @Test func rendersAndReadsChecksums() throws {
    for text in try Self.listed + Vectors.lines("addresses.txt").map(String.init) {
      let address = try EthereumAddress(text: text)
      #expect(address.description == text)
      #expect(address.withChecksummedText { Array($0) } == Array(text.utf8))
      #expect(Array(address.bytes) == bytes(text.dropFirst(2)))
      #expect(try EthereumAddress(text: "0x" + text.dropFirst(2).lowercased()) == address)
      #expect(try EthereumAddress(text: "0x" + text.dropFirst(2).uppercased()) == address)
      #expect(EthereumAddress(address.bytes) == address)
    }
  }

  @Test func refusesEveryOtherMixtureOfCases() throws {
    let text = Array("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed".utf8)
    var refused = 0
    for position in 2..<text.count where text[position] >= UInt8(ascii: "A") {
      var other = text
      other[position] ^= 0x20
      #expect(throws: AddressError.checksum) { try EthereumAddress(text: other) }
      refused += 1
    }
    #expect(refused == 18)
  }

  @Test func refusesEveryOtherByte() throws {
    let text = Array("0x27b1fdb04752bbc536007a920d24acb045561c26".utf8)
    for position in text.indices {
      for byte in UInt8.min...UInt8.max {
        var other = text
        other[position] = byte
        let isDigit = Hexadecimal.value(of: byte) != nil
        let isFine = position == 0 ? byte == UInt8(ascii: "0") : position == 1 ? byte == UInt8(ascii: "x") : isDigit
        if isFine {
          // Mixed case has one chance in very many of being the checksum's; here it never is.
          let isMixed = position > 1 && (UInt8(ascii: "A")...UInt8(ascii: "F") ~= byte)
          #expect((try? EthereumAddress(text: other)) == nil ? isMixed : !isMixed)
        } else {
          #expect(throws: AddressError.malformed) { try EthereumAddress(text: other) }
        }
      }
    }
    for count in 0...60 where count != 42 {
      let other = Array((text + text).prefix(count))
      #expect(throws: AddressError.malformed) { try EthereumAddress(text: other) }
    }
  }

  @Test func has20Bytes() {
    #expect(EthereumAddress([UInt8](repeating: 0, count: 19)) == nil)
    #expect(EthereumAddress([UInt8](repeating: 0, count: 21)) == nil)
    #expect(EthereumAddress(Array(0..<20))?.bytes == Array(0..<20))
    #expect(EthereumAddress([UInt8](repeating: 0, count: 20))?.isZero == true)
    for index in 0..<20 {
      var bytes = [UInt8](repeating: 0, count: 20)
      bytes[index] = 1
      #expect(EthereumAddress(bytes)?.isZero == false)
    }
  }

  @Test func isOrderedAsItsBytes() {
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<200 {
      var (a, b) = (generator.bytes(20), generator.bytes(20))
      let shared = Int.random(in: 0..<20, using: &generator)
      b.replaceSubrange(0..<shared, with: a[0..<shared])
      if Bool.random(using: &generator) { swap(&a, &b) }
      guard let left = EthereumAddress(a), let right = EthereumAddress(b) else { continue }
      #expect((left < right) == a.lexicographicallyPrecedes(b))
    }
  }
}
