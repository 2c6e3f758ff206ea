internal import Testing
internal import WalletSigner

@testable import Wallet

@Suite struct PersonalMessageTests {
  @Test func signsAsEthAccountDoes() throws {
    for row in try Vectors.rows("personal.txt") {
      let text = bytes(row[0])
      let wallet = try #require(ThrowawayWallet(privateKey: bytes(row[1])))
      #expect(wallet.address.bytes == bytes(row[3]))
      let signature = try RecoverableSignature(bytes(row[2]))
      #expect(signature.recoverAddress(digest: PersonalMessage.digest(of: text)) == wallet.address)
      #expect(wallet.sign(message: text).bytes == bytes(row[2]))
    }
  }

  /// The examples of the `hashMessage` documentation of web3.js and ethers.
  @Test func hashesKnownTexts() {
    #expect(
      PersonalMessage.digest(of: "Hello World".utf8).description
        == "a1de988600a42c4b4ab089b619297c17d53cffae5d5120d82d8a92d0bb3b78f2")
    #expect(
      PersonalMessage.digest(of: "Some data".utf8).description
        == "1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655")
  }

  /// What wallets and programs sign by mistake: none of it is the text's digest.
  @Test func theLengthIsInBytes() {
    let text = "Grüße"
    let inCharacters = Keccak256.hash(Array("\u{19}Ethereum Signed Message:\n5\(text)".utf8))
    let inBytes = Keccak256.hash(Array("\u{19}Ethereum Signed Message:\n7\(text)".utf8))
    #expect(PersonalMessage.digest(of: text.utf8) == inBytes)
    #expect(PersonalMessage.digest(of: text.utf8) != inCharacters)
  }
}
