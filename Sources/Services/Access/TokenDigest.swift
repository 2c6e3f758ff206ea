internal import Wallet

/// SHA-256 of a token: what a tokens file holds in its place.
///
/// A hash that is slow on purpose, as passwords need it, would gain nothing: tokens are 256 random bits, so there is
/// nothing to guess that a digest would have to slow down.
public struct TokenDigest: Hashable, Sendable {
  /// As a tokens file spells it, before the digits.
  static let prefix = "sha256:"
  /// A longer text is no token: bounds what is hashed for whoever connects.
  static let longestToken = 512

  private let digest: Digest32

  /// The digest of a token.
  public init(of token: String) {
    guard let digest = Digest32(SHA256.hash(Array(token.utf8))) else {
      preconditionFailure("SHA-256 has 32 bytes")
    }
    self.digest = digest
  }

  /// The digest that a text spells: "sha256:" and 64 lower-case hexadecimal digits.
  init?(_ text: Substring) {
    guard text.hasPrefix(Self.prefix) else { return nil }
    let digits = Array(text.utf8.dropFirst(Self.prefix.utf8.count))
    guard digits.count == 64, digits.allSatisfy({ Self.value(of: $0) != nil }) else { return nil }
    let bytes = stride(from: 0, to: digits.count, by: 2).map { index in
      (Self.value(of: digits[index]) ?? 0) << 4 | (Self.value(of: digits[index + 1]) ?? 0)
    }
    guard let digest = Digest32(bytes) else { return nil }
    self.digest = digest
  }

  /// One spelling for each digest, so that one token cannot stand in a file twice unseen.
  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): Hexadecimal.value(of: digit)
    default: nil
    }
  }

  /// How many bits differ, folded into one word that is 0 for equal digests: takes the same time wherever they differ.
  func difference(from other: TokenDigest) -> UInt64 {
    (digest.word0 ^ other.digest.word0) | (digest.word1 ^ other.digest.word1) | (digest.word2 ^ other.digest.word2)
      | (digest.word3 ^ other.digest.word3)
  }
}

extension TokenDigest: CustomStringConvertible {
  /// As a tokens file spells it.
  public var description: String { "\(Self.prefix)\(digest)" }
}
