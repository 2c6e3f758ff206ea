/// The 20 bytes that name an account on an EVM chain.
public struct EthereumAddress: Hashable, Sendable {
  /// Bytes 0 to 7, most significant first, as in the other words.
  package let word0: UInt64
  /// Bytes 8 to 15.
  package let word1: UInt64
  /// Bytes 16 to 19.
  package let word2: UInt32

  package init(word0: UInt64, word1: UInt64, word2: UInt32) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
  }

  /// The address whose bytes these are; nil unless there are exactly 20.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 20 else { return nil }
    word0 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self))
    word1 = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    word2 = UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
  }

  /// The address whose bytes these are; nil unless there are exactly 20.
  public init?(_ bytes: some Collection<UInt8>) {
    guard let address = withContiguousBytes(of: bytes, { EthereumAddress($0) }) else { return nil }
    self = address
  }

  /// The address of a public key: the last 20 bytes of the Keccak-256 of its coordinates.
  package init(publicKey: AffinePoint) {
    let x = publicKey.x.value.words
    let y = publicKey.y.value.words
    let digest = Keccak256.hash(words: (x.3, x.2, x.1, x.0, y.3, y.2, y.1, y.0))
    word0 = digest.word1 &<< 32 | digest.word2 &>> 32
    word1 = digest.word2 &<< 32 | digest.word3 &>> 32
    word2 = UInt32(truncatingIfNeeded: digest.word3)
  }

  /// The address nobody owns, which stands for "no key" on chains.
  public static let zero = EthereumAddress(word0: 0, word1: 0, word2: 0)

  /// Whether all 20 bytes are zero.
  public var isZero: Bool { word0 | word1 | UInt64(word2) == 0 }

  /// The 20 bytes.
  public var bytes: [UInt8] { withBytes { Array($0) } }

  /// Runs `body` on the 20 bytes without allocating; the buffer is valid only during the call.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: (word0.bigEndian, word1.bigEndian, word2.bigEndian)) { words in
      body(UnsafeRawBufferPointer(rebasing: words[..<20]))
    }
  }
}

extension EthereumAddress: Comparable {
  /// The order of the bytes.
  public static func < (left: EthereumAddress, right: EthereumAddress) -> Bool {
    (left.word0, left.word1, left.word2) < (right.word0, right.word1, right.word2)
  }
}
