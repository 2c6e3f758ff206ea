internal import Foundation
internal import Testing
internal import WalletSigner

@testable import Wallet

/// A challenge, and what wallets and others send in answer to it.
@Suite struct ChallengeTests {
  private let wallet: ThrowawayWallet
  private let text: [UInt8]
  private let digest: Digest32

  init() throws {
    wallet = try #require(ThrowawayWallet(privateKey: [UInt8](repeating: 7, count: 32)))
    let settings = try SignInSettings(domain: "app.example", uri: "https://app.example", statement: "Prove it.")
    let account = try #require(WalletAccount(chainID: 300, address: wallet.address))
    text =
      settings.message(
        wallet: account, nonce: "5ufoiEqDaFvmfo78XyZ012", issuedAt: 1_705_515_713_000_000,
        expirationTime: 1_705_519_313_000_000, requestID: "0190f5d0-7c2b-7cc3-9b1f-3a2b1c0d4e5f"
      ).bytes
    digest = PersonalMessage.digest(of: text)
  }

  @Test func isProvedByEveryFormOfASignature() throws {
    let signature = wallet.sign(message: text)
    let withoutBase = signature.bytes.dropLast() + [signature.bytes[64] - 27]
    for form in [signature.bytes, Array(withoutBase), signature.compactBytes] {
      #expect(try RecoverableSignature(form).recoverAddress(digest: digest) == wallet.address)
    }
  }

  /// Signatures by the right key over other bytes prove nothing.
  @Test func isNotProvedByOtherBytes() throws {
    let string = String(decoding: text, as: UTF8.self)
    let others: [(String, [UInt8])] = [
      ("Base64 text", Array(Data(text).base64EncodedString().utf8)),
      ("hexadecimal text", Array(Hexadecimal.text(of: text).utf8)),
      ("CR LF", Array(string.replacingOccurrences(of: "\n", with: "\r\n").utf8)), ("trailing line feed", text + [10]),
      ("trailing space", text + [32]),
      ("wrapped", Array(string.replacingOccurrences(of: "Prove it.", with: "Prove\nit.").utf8)),
      ("lower-case address", Array(string.lowercased().utf8)), ("digest as text", digest.bytes), ("nothing", []),
    ]
    for (name, other) in others {
      #expect(wallet.sign(message: other).recoverAddress(digest: digest) != wallet.address, "\(name)")
    }
    let digests = [
      ("no prefix", Keccak256.hash(text)),
      ("EIP-712", Keccak256.hash([0x19, 0x01] + Keccak256.hash([]).bytes + digest.bytes)),
      ("twice", Keccak256.hash(digest.bytes)),
    ]
    for (name, other) in digests {
      #expect(wallet.sign(digest: other).recoverAddress(digest: digest) != wallet.address, "\(name)")
    }
  }

  @Test func isNotProvedByAnotherKey() throws {
    let other = try #require(ThrowawayWallet(privateKey: [UInt8](repeating: 8, count: 32)))
    #expect(other.sign(message: text).recoverAddress(digest: digest) == other.address)
  }

  /// An Ed25519 signature has 64 bytes too; it is read as EIP-2098 and proves nothing.
  @Test func isNotProvedByBytesOfTheRightLength() {
    var generator = SeededGenerator(seed: 13)
    for _ in 0..<200 {
      let signature = try? RecoverableSignature(generator.bytes(64))
      #expect(signature?.recoverAddress(digest: digest) != wallet.address)
    }
  }

  /// "No key" is never the zero address.
  @Test func isNeverProvedForTheZeroAddress() throws {
    // R = G, s = 1, e = 1: the key would be G - G.
    let generator = try #require(Secp256k1.generatorMultiple(Scalar(reducing: UInt256(1, 0, 0, 0))))
    let one = UInt256(1, 0, 0, 0).bigEndianBytes
    let signature = try RecoverableSignature(generator.xValue.bigEndianBytes + one + [27])
    #expect(signature.recoverAddress(digest: try #require(Digest32(one))) == nil)
    // No point has the x-coordinate 5.
    let five = try RecoverableSignature(UInt256(5, 0, 0, 0).bigEndianBytes + one + [27])
    #expect(five.recoverAddress(digest: digest) == nil)
  }
}
