/// Keccak-256 as Ethereum uses it: the original submission's padding (0x01), not the later SHA3-256's (0x06).
///
/// Feed it with `update`, as often as needed, then ask for the `digest`; asking changes nothing, so one may go on
/// feeding.
public struct Keccak256: Sendable {
  /// Bytes a permutation takes in: 1600 bits of state less twice the 256 bits of security.
  static let rate = 136

  private var state = KeccakState()
  /// Bytes of the block under way that are already in the state; always below `rate`.
  private var filled = 0

  public init() {}

  /// The digest of one byte string.
  public static func hash(_ bytes: UnsafeRawBufferPointer) -> Digest32 {
    var hash = Keccak256()
    hash.update(bytes)
    return hash.digest
  }

  /// The digest of one byte string.
  public static func hash(_ bytes: some Collection<UInt8>) -> Digest32 {
    withContiguousBytes(of: bytes, hash)
  }

  /// The digest of eight 8-byte words, each most significant byte first: a public key without its prefix.
  static func hash(words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64)) -> Digest32 {
    var hash = Keccak256()
    hash.state.absorb(words.0.byteSwapped, lane: 0)
    hash.state.absorb(words.1.byteSwapped, lane: 1)
    hash.state.absorb(words.2.byteSwapped, lane: 2)
    hash.state.absorb(words.3.byteSwapped, lane: 3)
    hash.state.absorb(words.4.byteSwapped, lane: 4)
    hash.state.absorb(words.5.byteSwapped, lane: 5)
    hash.state.absorb(words.6.byteSwapped, lane: 6)
    hash.state.absorb(words.7.byteSwapped, lane: 7)
    hash.filled = 64
    return hash.digest
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    var position = 0
    while position < bytes.count {
      if filled & 7 == 0 && bytes.count &- position >= 8 {
        let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
        state.absorb(UInt64(littleEndian: word), lane: filled &>> 3)
        filled &+= 8
        position &+= 8
      } else {
        state.absorb(UInt64(bytes[position]) &<< UInt64((filled & 7) &* 8), lane: filled &>> 3)
        filled &+= 1
        position &+= 1
      }
      if filled == Self.rate {
        state.permute()
        filled = 0
      }
    }
  }

  /// Takes in more bytes.
  public mutating func update(_ bytes: some Collection<UInt8>) {
    withContiguousBytes(of: bytes) { update($0) }
  }

  /// The digest of all bytes taken in so far.
  public var digest: Digest32 {
    var last = state
    last.absorb(1 &<< UInt64((filled & 7) &* 8), lane: filled &>> 3)
    last.absorb(1 &<< 63, lane: Self.rate / 8 - 1)
    last.permute()
    return last.digest
  }
}
