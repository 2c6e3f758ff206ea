internal import ByteText

/// The customers that a load is made of, by number. The same seed gives the same ones again.
///
/// A number becomes 16 hexadecimal digits that occur in the external id and in the wallet. They are spread over all
/// values, so that a server's indexes are met as they are by real ids, and no two numbers have the same.
struct CustomerNumber: Sendable {
  /// Stands for the digits in a ``CallTemplate``.
  static let mark: [UInt8] = Array("deadbeefdeadbeef".utf8)
  /// Seeds are this far apart in numbers: more than any run makes.
  static let numbersASeed: UInt64 = 1 << 36
  /// How many seeds there are.
  static let seeds: UInt64 = 1 << 27

  private let first: UInt64

  init(seed: UInt64) {
    first = Self.first(of: seed)
  }

  /// What ``mix(_:)`` is given for number 0 of a seed.
  static func first(of seed: UInt64) -> UInt64 { (seed % Self.seeds) &* Self.numbersASeed }

  /// Calls `body` with the digits of a customer.
  @inline(__always)  // the closures of the callers are to be seen through
  func withDigits(_ number: UInt64, _ body: (UnsafeRawBufferPointer) -> Void) {
    var digits = Self.mix(first &+ number).hexadecimalDigits
    withUnsafeBytes(of: &digits) { body($0) }
  }

  /// A bijection.
  static func mix(_ number: UInt64) -> UInt64 {
    var value = number
    value ^= value >> 31
    value = value &* 0x7fb5_d329_728e_a185
    value ^= value >> 27
    value = value &* 0x81da_def4_bc2d_d44d
    return value ^ value >> 33
  }
}
