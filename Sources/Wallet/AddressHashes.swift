internal import ByteText
internal import CKeccak

/// The Keccak-256 hashes that EIP-55 writes up to eight addresses by, computed side by side on the processor's vectors.
struct AddressHashes {
  /// Which instructions compute them; one that the processor lacks stands for the best that it has.
  enum Instructions: Int32, CaseIterable {
    /// What every processor has.
    case portable
    case avx2
    case avx512

    /// The best that this processor has.
    static let best = Instructions(rawValue: ckeccak_best()) ?? .portable
  }

  /// Words of a message, the 40 lower-case digits, and of a hash.
  private static let (messageWords, hashWords) = (5, 4)

  /// In the order of the bytes in memory.
  private var messages = InlineArray<40, UInt64>(repeating: 0)
  private var hashes = InlineArray<32, UInt64>(repeating: 0)

  /// Makes the digits of `address` message `index`, which is below eight.
  mutating func put(_ address: EthereumAddress, at index: Int) {
    let word = index &* Self.messageWords
    let (front, middle) = (address.word0.hexadecimalDigits, address.word1.hexadecimalDigits)
    messages[word] = front.x
    messages[word &+ 1] = front.y
    messages[word &+ 2] = middle.x
    messages[word &+ 3] = middle.y
    messages[word &+ 4] = address.word2.hexadecimalDigits
  }

  /// Hashes the first `count` messages, at most eight.
  mutating func compute(_ count: Int, _ instructions: Instructions) {
    precondition(0...8 ~= count)
    withUnsafeBytes(of: &messages) { messages in
      withUnsafeMutableBytes(of: &hashes) { hashes in
        guard let messages = messages.baseAddress, let hashes = hashes.baseAddress else { return }
        ckeccak_256(instructions.rawValue, messages, count, hashes)
      }
    }
  }

  /// The hash of message `index`, which was computed. Mutating, and by its bytes: a look at an inline array that is
  /// only lent copies all of it.
  mutating func hash(at index: Int) -> Digest32 {
    withUnsafeMutableBytes(of: &hashes) { hashes in
      func word(_ number: Int) -> UInt64 {
        let offset = (index &* Self.hashWords &+ number) &* MemoryLayout<UInt64>.stride
        return UInt64(bigEndian: hashes.load(fromByteOffset: offset, as: UInt64.self))
      }
      return Digest32(word(0), word(1), word(2), word(3))
    }
  }
}
