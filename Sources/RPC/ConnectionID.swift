/// Names one connection of the server for as long as the process lives: a slot of a loop, and which of its successive
/// tenants.
public struct ConnectionID: Hashable, Sendable {
  /// How many bits of ``rawValue`` the slot has: more connections than descriptors that a process can have.
  private static let slotBits: UInt64 = 24

  /// Loop, slot and generation, packed.
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// - Parameters:
  ///   - loop: which loop has it.
  ///   - slot: where in the loop's table, below 2^24.
  ///   - generation: how many connections had the slot before.
  public init(loop: UInt8, slot: Int, generation: UInt32) {
    let place = UInt64(loop) << ConnectionID.slotBits | UInt64(truncatingIfNeeded: slot)
    rawValue = place << 32 | UInt64(generation)
  }

  public var loop: UInt8 {
    UInt8(truncatingIfNeeded: rawValue >> (32 + ConnectionID.slotBits))
  }

  public var slot: Int {
    Int(truncatingIfNeeded: rawValue >> 32 & (1 << ConnectionID.slotBits - 1))
  }

  public var generation: UInt32 {
    UInt32(truncatingIfNeeded: rawValue)
  }
}
