internal import Testing

@testable import Wallet

/// The hashes of several addresses at once, held against those of one after the other.
@Suite struct AddressHashesTests {
  private static func addresses(_ count: Int, seed: UInt64) -> [EthereumAddress] {
    var generator = SeededGenerator(seed: seed)
    return (0..<count).compactMap { _ in EthereumAddress(generator.bytes(20)) }
  }

  /// The lower-case digits, without `0x`.
  private static func digits(_ address: EthereumAddress) -> [UInt8] {
    Array(Hexadecimal.text(of: address.bytes).utf8)
  }

  @Test(arguments: AddressHashes.Instructions.allCases)
  func areThoseOfTheScalarImplementation(instructions: AddressHashes.Instructions) {
    for count in 0...8 {
      for seed in 0..<16 {
        let addresses = Self.addresses(count, seed: UInt64(seed * 9 + count))
        var hashes = AddressHashes()
        for (index, address) in addresses.enumerated() { hashes.put(address, at: index) }
        hashes.compute(count, instructions)
        for (index, address) in addresses.enumerated() {
          #expect(hashes.hash(at: index) == Keccak256.hash(Self.digits(address)), "\(index) of \(count)")
        }
      }
    }
  }

  /// Every lane keeps to itself: one message changes, the other hashes stay.
  @Test(arguments: AddressHashes.Instructions.allCases)
  func areIndependent(instructions: AddressHashes.Instructions) {
    let addresses = Self.addresses(9, seed: 3)
    for changed in 0..<8 {
      var hashes = AddressHashes()
      for index in 0..<8 { hashes.put(addresses[index], at: index) }
      hashes.put(addresses[8], at: changed)
      hashes.compute(8, instructions)
      for index in 0..<8 {
        #expect(hashes.hash(at: index) == Keccak256.hash(Self.digits(addresses[index == changed ? 8 : index])))
      }
    }
  }

  /// What EIP-55 and other people's implementations say, in groups of every length and with every neighbour.
  @Test(arguments: AddressHashes.Instructions.allCases)
  func casesAreThoseOfTheVectors(instructions: AddressHashes.Instructions) throws {
    let texts = try Vectors.lines("addresses.txt").map(String.init)
    let addresses = try texts.map { try EthereumAddress(text: $0.lowercased()) }
    for count in Array(0...17) + [addresses.count] {
      var rest = addresses.prefix(count)
      var cases: [UInt64] = []
      EthereumAddress.checksumCases(instructions, of: { rest.popFirst() }, to: { cases.append($0) })
      #expect(cases.count == min(count, addresses.count))
      for (index, raised) in cases.enumerated() {
        let text = addresses[index].text(raising: raised)
        #expect(text.indices.map { text[$0] } == Array(texts[index].utf8))
      }
    }
  }

  /// The end is asked for once, also where it comes with a full group.
  @Test(arguments: [0, 1, 7, 8, 9, 16]) func nothingIsAskedForBehindTheEnd(count: Int) {
    let addresses = Self.addresses(count, seed: 5)
    var (asked, answered) = (0, 0)
    EthereumAddress.checksumCases(
      of: {
        defer { asked += 1 }
        #expect(asked <= count)
        return asked < count ? addresses[asked] : nil
      },
      to: { raised in
        #expect(raised == addresses[answered].checksumCase)
        answered += 1
      })
    #expect(asked == count + 1)
    #expect(answered == count)
  }
}
