internal import Testing

@testable import Lifecycle

@Suite struct NonceTests {
  /// Gives the words in turn, then zeros.
  private struct Words: RandomNumberGenerator {
    var words: [UInt64]
    mutating func next() -> UInt64 { words.isEmpty ? 0 : words.removeFirst() }
  }

  @Test func aWordIsReadAsAFractionOfOne() {
    var none = Words(words: [])
    #expect(Nonce(using: &none).description == String(repeating: "0", count: 22))
    var ones = Words(words: [.max])
    #expect(Nonce(using: &ones).description == "zzzzzzzz" + String(repeating: "0", count: 14))
    // 1/62 and a little more, then 10/62, 36/62: eight characters begin with each.
    let first: [UInt64] = [UInt64.max / 62 + 1, UInt64.max / 62 * 10 + 11, UInt64.max / 62 * 36 + 37]
    var mixed = Words(words: first)
    let text = Array(Nonce(using: &mixed).description)
    #expect(stride(from: 0, to: 22, by: 8).map { text[$0] } == ["1", "A", "a"])
  }

  @Test func everyCharacterIsAsLikelyAsAnother() {
    var generator = SplitMix(state: 7)
    var counts = [UInt8: Int]()
    let nonces = 20_000
    for _ in 0..<nonces {
      let nonce = Nonce(using: &generator)
      for index in 0..<Nonce.length { counts[nonce.bytes[index], default: 0] += 1 }
    }
    #expect(counts.count == 62)
    // Expected 7097 each, standard deviation 84: six of them either way.
    let expected = nonces * Nonce.length / 62
    #expect(counts.values.allSatisfy { abs($0 - expected) < 504 })
  }

  @Test func textRoundTrips() throws {
    for seed in 0..<100 as Range<UInt64> {
      let nonce = nonce(seed)
      #expect(Nonce(nonce.description) == nonce)
      #expect(Set([nonce, try #require(Nonce(nonce.description))]).count == 1)
      #expect(nonce.description.utf8.count == Nonce.length)
    }
    #expect(nonce(1) != nonce(2))
  }

  @Test func takesLettersAndDigitsOnly() {
    let text = Array(nonce(1).description.utf8)
    for position in text.indices {
      for byte in UInt8.min...UInt8.max {
        var mutated = text
        mutated[position] = byte
        let accepted = mutated.withUnsafeBytes { Nonce(utf8: $0) } != nil
        let alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8.contains(byte)
        #expect(accepted == alphanumeric, "byte \(byte) at \(position)")
      }
    }
    #expect(Nonce("") == nil)
    #expect(Nonce(String(repeating: "a", count: 21)) == nil)
    #expect(Nonce(String(repeating: "a", count: 23)) == nil)
    #expect(Nonce(String(repeating: "é", count: 11)) == nil)
  }
}
