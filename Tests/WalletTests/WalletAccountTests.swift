internal import Testing

@testable import Wallet

@Suite struct WalletAccountTests {
  private static let address = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
  private static let lower = "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed"

  private static func refusal(_ text: String) -> WalletAccountError? { refusal(Array(text.utf8)) }

  private static func refusal(_ text: [UInt8]) -> WalletAccountError? {
    do throws(WalletAccountError) {
      _ = try WalletAccount(text: text)
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [
    "eip155:1:\(address)", "eip155:1:\(lower)", "eip155:1:0x5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED",
  ]) func isShownWithItsChecksum(text: String) throws {
    let wallet = try WalletAccount(text: text)
    #expect(wallet.chainID == 1)
    #expect(wallet.description == "eip155:1:\(Self.address)")
  }

  /// Each number of digits begins and ends with one of these.
  private static let chainIDs: [UInt64] = {
    var numbers: [UInt64] = [0, 1, 280, 300, 421_614, .max]
    var power: UInt64 = 10
    for _ in 1..<20 {
      numbers += [power - 1, power]
      power &*= 10
    }
    return numbers
  }()

  @Test(arguments: chainIDs) func takesEveryChainIDOf64Bits(chainID: UInt64) throws {
    let wallet = try WalletAccount(text: "eip155:\(chainID):\(Self.lower)")
    #expect(wallet.chainID == chainID)
    #expect(wallet.description == "eip155:\(chainID):\(Self.address)")
    #expect(wallet.description.utf8.count <= WalletAccount.maximumTextLength)
    #expect(try WalletAccount(text: wallet.description) == wallet)
  }

  @Test(arguments: [
    "", ":", "::", "eip155", "eip155:300", "eip155:300:", "eip155::\(lower)", ":300:\(lower)", "eip155:0300:\(lower)",
    "eip155:00:\(lower)", "eip155:+300:\(lower)", "eip155:-1:\(lower)", "eip155:0x1:\(lower)", "eip155:1e3:\(lower)",
    "EIP155:300:\(lower)", "Eip155:300:\(lower)", "eip155:300:\(lower.dropLast())", "eip155:300:\(lower)0",
    "eip155:300:\(lower.dropFirst(2))", "eip155:300:0X\(lower.dropFirst(2))", " eip155:300:\(lower)",
    "eip155: 300:\(lower)",
    "eip155:300: \(lower)", "eip155:300:\(lower) ", "eip155:300:\(lower)\n", "eip155:300:\(lower)\0",
    "eip155\0:300:\(lower)",
    "eip155:300:\(lower):1", "eip155:300:1:\(lower)", "eip155:300:%30x\(lower.dropFirst(2))", "eip155:３００:\(lower)",
    "eip155:300:0x\(lower.dropFirst(3))g", "eip155:300:０x\(lower.dropFirst(2))", "eip155:300:\(lower.dropLast())é",
    "eip155:18446744073709551616:\(lower)", "eip155:99999999999999999999999999999999:\(lower)",
    "eip155:100000000000000000000000000000000:\(lower)", "eip155:1_0:\(lower)", "eip155:1:vitalik.eth", "ip:1:abc",
    "toolongns1:1:abc", "sol_ana:1:abc", "solana:1:", "solana::abc", "solana:1:a b", "solana:1:abc\n", "solana:1:a_b",
    "solana:a.b:abc", "tron:",
  ]) func refusesWhatIsNoAccountID(text: String) {
    #expect(Self.refusal(text) == .malformed)
  }

  @Test(arguments: [
    "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv",
    "tron:27Lqcw:TJRabPrwbZy45s",
    "starknet:SN_MAIN:0x02dd1b492765c064eac4039e3841aa5f382773b598097a40073bd8b48170ab57",
    "bip122:000000000019d6689c085ae165831e93:128Lkh3S7CkDTBZ8W7BbpsN3YYizJMp8p6", "eip-155:1:abc",
    "hedera:mainnet:0.0.1-z",
    "eip1559:1:\(address)", "abc:1:%41",
  ]) func namesOtherNamespaces(text: String) {
    #expect(Self.refusal(text) == .unsupportedNamespace)
  }

  @Test func refusesAWrongChecksum() {
    #expect(Self.refusal("eip155:300:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD") == .checksum)
    #expect(Self.refusal("eip155:0300:0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD") == .malformed)
  }

  @Test func refusesTheZeroAddress() {
    #expect(Self.refusal("eip155:300:0x0000000000000000000000000000000000000000") == .zeroAddress)
    #expect(WalletAccount(chainID: 1, address: .zero) == nil)
  }

  @Test func keepsCAIPsLengths() {
    #expect(
      Self.refusal("solana:\(String(repeating: "a", count: 32)):\(String(repeating: "a", count: 128))")
        == .unsupportedNamespace)
    #expect(Self.refusal("solana:\(String(repeating: "a", count: 33)):a") == .malformed)
    #expect(Self.refusal("solana:a:\(String(repeating: "a", count: 129))") == .malformed)
    #expect(Self.refusal(String(repeating: "a", count: 10_000_000)) == .malformed)
  }

  @Test func survivesEveryChangedByte() throws {
    let text = Array("eip155:300:\(Self.address)".utf8)
    let wallet = try WalletAccount(text: text)
    var accepted = 0
    for position in text.indices {
      for byte in UInt8.min...UInt8.max where byte != text[position] {
        var other = text
        other[position] = byte
        guard let read = try? WalletAccount(text: other) else { continue }
        // Only another chain id can be right too: any other address would need another checksum.
        #expect(read.address == wallet.address)
        #expect(read.chainID != wallet.chainID)
        #expect(7..<10 ~= position)
        accepted += 1
      }
    }
    #expect(accepted == 8 + 9 + 9)
  }

  @Test func refusesInvalidUTF8() {
    #expect(Self.refusal(Array("eip155:300:".utf8) + [0xFF] + Array(Self.lower.utf8.dropFirst())) == .malformed)
    #expect(Self.refusal([0xC0, 0xAF]) == .malformed)
  }

  @Test func saysWhatIsWrong() {
    let errors: [WalletAccountError] = [.malformed, .unsupportedNamespace, .checksum, .zeroAddress]
    #expect(Set(errors.map(\.description)).count == errors.count)
  }
}
