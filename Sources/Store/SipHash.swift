/// SipHash-2-4 with a 128-bit result (Aumasson and Bernstein, 2012): stands for a request or an idempotency key in 16
/// bytes. Whoever does not know the key cannot make two messages collide.
struct SipHash {
  /// A 128-bit value, trivially copied and hashed.
  struct Digest: Hashable, Sendable {
    var low: UInt64
    var high: UInt64
  }

  private var state: SipState
  /// What came in since the last whole word, in the low bytes.
  private var tail: UInt64 = 0
  private var length = 0

  init(key: (UInt64, UInt64)) {
    state = SipState(key: key, variant: 0xee)
  }

  mutating func update(_ byte: UInt8) {
    tail |= UInt64(byte) &<< UInt64(8 &* (length & 7))
    length &+= 1
    if length & 7 == 0 {
      state.compress(tail, rounds: 2)
      tail = 0
    }
  }

  /// A word at a time, wherever words begin: shifted into place where they do not begin at the message's.
  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let words = bytes.count / 8
    let shift = UInt64(8 &* (length & 7))
    for index in 0..<words {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index &* 8, as: UInt64.self))
      state.compress(tail | word &<< shift, rounds: 2)
      tail = shift == 0 ? 0 : word &>> (64 &- shift)
    }
    length &+= words &* 8
    for index in (words &* 8)..<bytes.count { update(bytes[index]) }
  }

  consuming func finish() -> Digest {
    state.compress(tail | UInt64(truncatingIfNeeded: length) &<< 56, rounds: 2)
    state.v2 ^= 0xee
    for _ in 0..<4 { state.round() }
    let low = state.folded
    state.v1 ^= 0xdd
    for _ in 0..<4 { state.round() }
    return Digest(low: low, high: state.folded)
  }
}

/// SipHash-1-3 with a 64-bit result, for tables in memory: what the standard library's `Hasher` is, without a call into
/// the library for each word. Bytes count with their length, so that no two sequences of parts are the same message.
struct KeyHash {
  private var state: SipState

  init(key: (UInt64, UInt64)) {
    state = SipState(key: key, variant: 0)
  }

  @inline(__always)
  mutating func combine(_ word: UInt64) { state.compress(word, rounds: 1) }

  @inline(__always)
  mutating func combine(_ bytes: UnsafeRawBufferPointer) {
    var offset = 0
    while offset &+ 8 <= bytes.count {
      combine(UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)))
      offset &+= 8
    }
    var last = UInt64(truncatingIfNeeded: bytes.count) &<< 56
    let rest = bytes.count &- offset
    if rest > 0, offset > 0 {
      // The last eight bytes, of which the first have been combined already.
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: bytes.count &- 8, as: UInt64.self))
      last |= word &>> UInt64(8 &* (8 &- rest))
    } else {
      for index in offset..<bytes.count { last |= UInt64(bytes[index]) &<< UInt64(8 &* (index &- offset)) }
    }
    combine(last)
  }

  @inline(__always)
  consuming func finish() -> UInt64 {
    state.v2 ^= 0xff
    for _ in 0..<3 { state.round() }
    return state.folded
  }
}

/// The four words that SipHash mixes.
private struct SipState {
  var v0: UInt64
  var v1: UInt64
  var v2: UInt64
  var v3: UInt64

  init(key: (UInt64, UInt64), variant: UInt64) {
    v0 = key.0 ^ 0x736f_6d65_7073_6575
    v1 = key.1 ^ 0x646f_7261_6e64_6f6d ^ variant
    v2 = key.0 ^ 0x6c79_6765_6e65_7261
    v3 = key.1 ^ 0x7465_6462_7974_6573
  }

  var folded: UInt64 { v0 ^ v1 ^ v2 ^ v3 }

  @inline(__always)
  mutating func compress(_ word: UInt64, rounds: Int) {
    v3 ^= word
    for _ in 0..<rounds { round() }
    v0 ^= word
  }

  @inline(__always)
  mutating func round() {
    v0 &+= v1
    v1 = v1 &<< 13 | v1 &>> 51
    v1 ^= v0
    v0 = v0 &<< 32 | v0 &>> 32
    v2 &+= v3
    v3 = v3 &<< 16 | v3 &>> 48
    v3 ^= v2
    v0 &+= v3
    v3 = v3 &<< 21 | v3 &>> 43
    v3 ^= v0
    v2 &+= v1
    v1 = v1 &<< 17 | v1 &>> 47
    v1 ^= v2
    v2 = v2 &<< 32 | v2 &>> 32
  }
}
