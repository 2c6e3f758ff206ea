/// The state of Keccak-f[1600], 25 lanes of 64 bits, and its permutation (FIPS 202, section 3).
///
/// Lane `a(x + 5y)` is the standard's A[x, y]. Lanes 1, 2, 8, 12, 17 and 20 are kept complemented: then chi needs six
/// complements a round instead of 25 (the Keccak team's implementation overview, section 2.2).
struct KeccakState {
  private var a0: UInt64 = 0, a1: UInt64 = ~0, a2: UInt64 = ~0, a3: UInt64 = 0, a4: UInt64 = 0
  private var a5: UInt64 = 0, a6: UInt64 = 0, a7: UInt64 = 0, a8: UInt64 = ~0, a9: UInt64 = 0
  private var a10: UInt64 = 0, a11: UInt64 = 0, a12: UInt64 = ~0, a13: UInt64 = 0, a14: UInt64 = 0
  private var a15: UInt64 = 0, a16: UInt64 = 0, a17: UInt64 = ~0, a18: UInt64 = 0, a19: UInt64 = 0
  private var a20: UInt64 = ~0, a21: UInt64 = 0, a22: UInt64 = 0, a23: UInt64 = 0, a24: UInt64 = 0

  private static let roundConstants: InlineArray<24, UInt64> = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
    0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
  ]

  init() {}

  /// The first 32 bytes of the state, which is Keccak-256's answer.
  var digest: Digest32 { Digest32(a0.byteSwapped, (~a1).byteSwapped, (~a2).byteSwapped, a3.byteSwapped) }

  /// Adds eight message bytes, the first in the lowest bits, to a lane.
  mutating func absorb(_ word: UInt64, lane: Int) {
    precondition(lane < 25)
    withUnsafeMutableBytes(of: &self) { lanes in
      let offset = lane &* 8
      lanes.storeBytes(
        of: lanes.load(fromByteOffset: offset, as: UInt64.self) ^ word, toByteOffset: offset, as: UInt64.self)
    }
  }

  /// All 24 rounds.
  mutating func permute() {
    let constants = Self.roundConstants
    var state = self
    // Two rounds at a time: the second moves the lanes back to where the first took them from.
    for pair in 0..<12 {
      state.round(constants[2 &* pair])
      state.round(constants[2 &* pair &+ 1])
    }
    self = state
  }

  /// Theta, rho, pi, chi and iota.
  @inline(__always)
  private mutating func round(_ constant: UInt64) {
    let c0 = a0 ^ a5 ^ a10 ^ a15 ^ a20
    let c1 = a1 ^ a6 ^ a11 ^ a16 ^ a21
    let c2 = a2 ^ a7 ^ a12 ^ a17 ^ a22
    let c3 = a3 ^ a8 ^ a13 ^ a18 ^ a23
    let c4 = a4 ^ a9 ^ a14 ^ a19 ^ a24
    let d0 = c4 ^ rotate(c1, 1)
    let d1 = c0 ^ rotate(c2, 1)
    let d2 = c1 ^ rotate(c3, 1)
    let d3 = c2 ^ rotate(c4, 1)
    let d4 = c3 ^ rotate(c0, 1)
    let row0 = (a0 ^ d0, rotate(a6 ^ d1, 44), rotate(a12 ^ d2, 43), rotate(a18 ^ d3, 21), rotate(a24 ^ d4, 14))
    let row1 = (
      rotate(a3 ^ d3, 28), rotate(a9 ^ d4, 20), rotate(a10 ^ d0, 3), rotate(a16 ^ d1, 45), rotate(a22 ^ d2, 61)
    )
    let row2 = (
      rotate(a1 ^ d1, 1), rotate(a7 ^ d2, 6), rotate(a13 ^ d3, 25), rotate(a19 ^ d4, 8), rotate(a20 ^ d0, 18)
    )
    let row3 = (
      rotate(a4 ^ d4, 27), rotate(a5 ^ d0, 36), rotate(a11 ^ d1, 10), rotate(a17 ^ d2, 15), rotate(a23 ^ d3, 56)
    )
    let row4 = (
      rotate(a2 ^ d2, 62), rotate(a8 ^ d3, 55), rotate(a14 ^ d4, 39), rotate(a15 ^ d0, 41), rotate(a21 ^ d1, 2)
    )
    chi(row0, row1, row2, row3, row4)
    a0 ^= constant
  }

  private typealias Row = (UInt64, UInt64, UInt64, UInt64, UInt64)

  /// Each lane is b ^ (~c & d) of its row; here rewritten for the lanes that are complemented, before and after.
  @inline(__always)
  private mutating func chi(_ b: Row, _ g: Row, _ k: Row, _ m: Row, _ s: Row) {
    let (k3, m3, s1) = (~k.3, ~m.3, ~s.1)
    a0 = b.0 ^ (b.1 | b.2)
    a1 = b.1 ^ (~b.2 | b.3)
    a2 = b.2 ^ (b.3 & b.4)
    a3 = b.3 ^ (b.4 | b.0)
    a4 = b.4 ^ (b.0 & b.1)
    a5 = g.0 ^ (g.1 | g.2)
    a6 = g.1 ^ (g.2 & g.3)
    a7 = g.2 ^ (g.3 | ~g.4)
    a8 = g.3 ^ (g.4 | g.0)
    a9 = g.4 ^ (g.0 & g.1)
    a10 = k.0 ^ (k.1 | k.2)
    a11 = k.1 ^ (k.2 & k.3)
    a12 = k.2 ^ (k3 & k.4)
    a13 = k3 ^ (k.4 | k.0)
    a14 = k.4 ^ (k.0 & k.1)
    a15 = m.0 ^ (m.1 & m.2)
    a16 = m.1 ^ (m.2 | m.3)
    a17 = m.2 ^ (m3 | m.4)
    a18 = m3 ^ (m.4 & m.0)
    a19 = m.4 ^ (m.0 | m.1)
    a20 = s.0 ^ (s1 & s.2)
    a21 = s1 ^ (s.2 | s.3)
    a22 = s.2 ^ (s.3 & s.4)
    a23 = s.3 ^ (s.4 | s.0)
    a24 = s.4 ^ (s.0 & s.1)
  }

  @inline(__always)
  private func rotate(_ word: UInt64, _ distance: UInt64) -> UInt64 {
    (word &<< distance) | (word &>> (64 &- distance))
  }
}
