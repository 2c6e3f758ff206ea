internal import Wallet

/// The secret numbers k that RFC 6979, section 3.2, gives for a key and a digest, with SHA-256, one after the other.
struct DeterministicNonces {
  private var key: [UInt8]
  private var value: [UInt8]
  private var isFirst = true

  init(privateKey: Scalar, digest: Digest32) {
    let seed = privateKey.value.bigEndianBytes + Scalar(reducing: UInt256(digest)).value.bigEndianBytes
    value = [UInt8](repeating: 1, count: 32)
    key = [UInt8](repeating: 0, count: 32)
    for separator: UInt8 in [0, 1] {
      key = SHA256.authenticate(value + [separator] + seed, key: key)
      value = SHA256.authenticate(value, key: key)
    }
  }

  /// The next number from 1 to n - 1.
  mutating func next() -> Scalar {
    while true {
      if !isFirst {
        key = SHA256.authenticate(value + [0], key: key)
        value = SHA256.authenticate(value, key: key)
      }
      isFirst = false
      value = SHA256.authenticate(value, key: key)
      if let number = UInt256(bigEndian: value), let scalar = Scalar(number), !scalar.isZero { return scalar }
    }
  }
}
