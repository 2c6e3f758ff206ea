internal import Foundation
internal import Testing
internal import WalletSigner

@testable import Wallet

@Suite struct RecoverableSignatureTests {
  @Test func recoversWhatLibsecp256k1Signed() throws {
    let lines = try Vectors.lines("recoveries.txt")
    #expect(lines.count >= 2000)
    for line in lines {
      let record = [UInt8](try #require(Data(base64Encoded: String(line))))
      let digest = try #require(Digest32(record[0..<32]))
      let signature = try RecoverableSignature(record[32..<97])
      #expect(signature.recoverAddress(digest: digest)?.bytes == Array(record[97...]), "\(line)")
    }
  }

  /// Digests of 0, n and 2^256 - 1, r that is no point's, sums that double, cancel or end in infinity.
  @Test func agreesWithLibsecp256k1AtTheEdges() throws {
    var refused = 0
    for row in try Vectors.rows("edges.txt") {
      let digest = try #require(Digest32(bytes(row[0])))
      let address = try RecoverableSignature(bytes(row[1])).recoverAddress(digest: digest)
      if row[2] == "-" {
        #expect(address == nil, "\(row)")
        refused += 1
      } else {
        #expect(address?.bytes == bytes(row[2]), "\(row)")
      }
    }
    #expect(refused > 100)
  }

  /// The two examples of EIP-2098, signed by the key 0x1234567890…1234.
  @Test func readsTheExamplesOfEIP2098() throws {
    let examples: [(text: String, r: String, s: String, v: UInt8, compact: String)] = [
      (
        "Hello World", "68a020a209d3d56c46f38cc50a33f704f4a9a10a59377f8dd762ac66910e9b90",
        "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064", 27,
        "7e865ad05c4035ab5792787d4a0297a43617ae897930a6fe4d822b8faea52064"
      ),
      (
        "It's a small(er) world", "9328da16089fcba9bececa81663203989f2df5fe1faa6291a45381c81bd17f76",
        "139c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793", 28,
        "939c6d6b623b42da56557e5e734a43dc83345ddfadec52cbe24d0cc64f550793"
      ),
    ]
    let key = bytes(String(repeating: "1234567890", count: 6) + "1234")
    let wallet = try #require(ThrowawayWallet(privateKey: key))
    for example in examples {
      let digest = PersonalMessage.digest(of: example.text.utf8)
      let long = try RecoverableSignature(bytes(example.r + example.s) + [example.v])
      let compact = try RecoverableSignature(bytes(example.r + example.compact))
      #expect(long == compact)
      #expect(long.compactBytes == bytes(example.r + example.compact))
      #expect(long.bytes == bytes(example.r + example.s) + [example.v])
      #expect(long.recoverAddress(digest: digest) == wallet.address)
    }
  }

  @Test func signsAndRecoversForManyKeys() throws {
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<100 {
      let wallet = try #require(ThrowawayWallet(privateKey: generator.bytes(32)))
      let digest = try #require(Digest32(generator.bytes(32)))
      let signature = wallet.sign(digest: digest)
      #expect(signature.recoverAddress(digest: digest) == wallet.address)
      #expect(try RecoverableSignature(signature.bytes) == signature)
      #expect(try RecoverableSignature(signature.compactBytes) == signature)
      let bare = Array(signature.bytes.dropLast()) + [signature.bytes[64] - 27]
      #expect(try RecoverableSignature(bare) == signature)
      let twin = signature.r.value.bigEndianBytes + signature.s.negated.value.bigEndianBytes
      #expect(throws: SignatureError.highS) { try RecoverableSignature(twin + [signature.yIsOdd ? 27 : 28]) }
    }
  }

  @Test func aFlippedBitIsAnotherKeyOrNone() throws {
    var generator = SeededGenerator(seed: 8)
    let wallet = try #require(ThrowawayWallet(privateKey: generator.bytes(32)))
    let digest = try #require(Digest32(generator.bytes(32)))
    let good = wallet.sign(digest: digest).bytes
    for bit in 0..<512 {
      var flipped = good
      flipped[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      // Bits that take r or s out of range are refused before any key is computed.
      guard let signature = try? RecoverableSignature(flipped) else { continue }
      #expect(signature.recoverAddress(digest: digest) != wallet.address, "bit \(bit)")
    }
    let parity = try RecoverableSignature(good.dropLast() + [good[64] ^ 7])
    #expect(parity.recoverAddress(digest: digest) != wallet.address)
    for bit in 0..<256 {
      var other = digest.bytes
      other[bit / 8] ^= 0x80 >> UInt8(bit % 8)
      let recovered = try RecoverableSignature(good).recoverAddress(digest: try #require(Digest32(other)))
      #expect(recovered != wallet.address, "digest bit \(bit)")
    }
  }
}
