public import Wallet

/// A wallet for trials, tests and the benchmark: it signs as a customer's wallet would.
///
/// Never for a real key. Signing takes a time that depends on the key, the key lies in memory unprotected, and nothing
/// wipes it. The server's verification neither needs nor contains it.
public struct ThrowawayWallet: Sendable {
  private let privateKey: Scalar
  /// The wallet's address.
  public let address: EthereumAddress

  /// The wallet of a private key of 32 bytes, most significant first, such as the caller took from the system's random
  /// source; nil for another count, for zero, and from the group's order on (a chance of 2^-128).
  public init?(privateKey: some Collection<UInt8>) {
    guard let number = UInt256(bigEndian: privateKey), let scalar = Scalar(number),
      let publicKey = Secp256k1.generatorMultiple(scalar)
    else { return nil }
    self.privateKey = scalar
    address = EthereumAddress(publicKey: publicKey)
  }

  /// The 32 bytes of the private key, most significant first.
  public var privateKeyBytes: [UInt8] { privateKey.value.bigEndianBytes }

  /// Signs a message as `personal_sign` does (EIP-191).
  public func sign(message: some Collection<UInt8>) -> RecoverableSignature {
    sign(digest: PersonalMessage.digest(of: message))
  }

  /// Signs a digest: deterministically (RFC 6979), with a low s (EIP-2).
  public func sign(digest: Digest32) -> RecoverableSignature {
    let e = Scalar(reducing: UInt256(digest))
    var nonces = DeterministicNonces(privateKey: privateKey, digest: digest)
    while true {
      let k = nonces.next()
      // Where x is not below the order (a chance of 2^-128) no v could say so: the next k serves.
      guard let point = Secp256k1.generatorMultiple(k), let r = Scalar(point.xValue), !r.isZero else { continue }
      let s = k.inverse * (e + r * privateKey)
      if s.isZero { continue }
      return RecoverableSignature(r: r, s: s.isHigh ? s.negated : s, yIsOdd: point.yIsOdd != s.isHigh)
    }
  }
}
