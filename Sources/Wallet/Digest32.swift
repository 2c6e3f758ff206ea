/// A 32-byte digest, kept as four words so that it is copied and compared without touching memory.
public struct Digest32: Hashable, Sendable {
  /// The digest's bytes, eight to a word, most significant byte first.
  package let word0: UInt64
  package let word1: UInt64
  package let word2: UInt64
  package let word3: UInt64

  package init(_ word0: UInt64, _ word1: UInt64, _ word2: UInt64, _ word3: UInt64) {
    self.word0 = word0
    self.word1 = word1
    self.word2 = word2
    self.word3 = word3
  }

  /// The digest that these bytes are; nil unless there are exactly 32.
  public init?(_ bytes: some Collection<UInt8>) {
    guard let value = UInt256(bigEndian: bytes) else { return nil }
    self.init(value.words.3, value.words.2, value.words.1, value.words.0)
  }

  /// The 32 bytes.
  public var bytes: [UInt8] { UInt256(self).bigEndianBytes }
}

extension Digest32: CustomStringConvertible {
  /// 64 lower-case hexadecimal digits.
  public var description: String { Hexadecimal.text(of: bytes) }
}
