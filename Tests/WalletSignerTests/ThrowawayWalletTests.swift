internal import Testing
internal import Wallet

@testable import WalletSigner

@Suite struct ThrowawayWalletTests {
  private static func wallet(_ number: UInt8) throws -> ThrowawayWallet {
    try #require(ThrowawayWallet(privateKey: [UInt8](repeating: 0, count: 31) + [number]))
  }

  @Test func signsTheKnownVector() throws {
    let wallet = try Self.wallet(1)
    #expect(wallet.address.description == "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
    let message =
      "app.example wants you to sign in with your Ethereum account:\n0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\n\n"
      + "Prove that you own this wallet.\n\nURI: https://app.example\nVersion: 1\nChain ID: 300\n"
      + "Nonce: 5ufoiEqDaFvmfo78\nIssued At: 2024-01-17T18:21:53Z\nExpiration Time: 2024-01-17T19:21:53Z"
    let signature = wallet.sign(message: message.utf8)
    let expected =
      "055d1f970ba79e60d6e7eb281bca27c51ef18def020764b039ba627e0b66c2c5"
      + "140a55d6c5cd430f9e7bbac7ced54ab56c6bc3123a5e5f34198f6bd5eeb679ca"
    #expect(Hexadecimal.text(of: signature.bytes) == expected + "1b")
    #expect(Hexadecimal.text(of: signature.compactBytes) == expected)
    #expect(signature.recoverAddress(digest: PersonalMessage.digest(of: message.utf8)) == wallet.address)
  }

  @Test func refusesWhatIsNoPrivateKey() {
    #expect(ThrowawayWallet(privateKey: [UInt8](repeating: 0, count: 32)) == nil)
    #expect(ThrowawayWallet(privateKey: [UInt8](repeating: 1, count: 31)) == nil)
    #expect(ThrowawayWallet(privateKey: [UInt8](repeating: 1, count: 33)) == nil)
    #expect(ThrowawayWallet(privateKey: Scalar.order.bigEndianBytes) == nil)
    #expect(ThrowawayWallet(privateKey: (Scalar.order.bigEndianBytes.dropLast() + [0x40])) != nil)
  }

  @Test func hashesAsFIPS180() {
    #expect(
      Hexadecimal.text(of: SHA256.hash(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Hexadecimal.text(of: SHA256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    // RFC 4231, test case 2.
    #expect(
      Hexadecimal.text(of: SHA256.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8)))
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }
}
