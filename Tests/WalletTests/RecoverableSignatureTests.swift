internal import Testing

@testable import Wallet

@Suite struct RecoverableSignatureTests {
  @Test func recoversTheKnownVector() throws {
    let message =
      "app.example wants you to sign in with your Ethereum account:\n0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf\n\n"
      + "Prove that you own this wallet.\n\nURI: https://app.example\nVersion: 1\nChain ID: 300\n"
      + "Nonce: 5ufoiEqDaFvmfo78\nIssued At: 2024-01-17T18:21:53Z\nExpiration Time: 2024-01-17T19:21:53Z"
    let digest = PersonalMessage.digest(of: message.utf8)
    #expect(digest.description == "e3d25b3e3e927fbecf12d84540b8165bbbd79168ef5976bca16386cf6d53eeae")
    let signature = try RecoverableSignature(
      bytes("055d1f970ba79e60d6e7eb281bca27c51ef18def020764b039ba627e0b66c2c5")
        + bytes("140a55d6c5cd430f9e7bbac7ced54ab56c6bc3123a5e5f34198f6bd5eeb679ca") + [27])
    let address = signature.recoverAddress(digest: digest)
    #expect(address?.description == "0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf")
    #expect(throws: SignatureError.length(63)) { try RecoverableSignature([UInt8](repeating: 1, count: 63)) }
  }

  private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.utf8.compactMap(Hexadecimal.value(of:))
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
