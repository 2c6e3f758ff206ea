internal import System

/// The 16 random bytes that name one history: made with its directory, carried by each of its files.
public struct StoreID: Hashable, Sendable, CustomStringConvertible {
  public static let byteCount = 16

  private let high: UInt64
  private let low: UInt64

  /// A new one, from the system's random source.
  public static func random() -> StoreID {
    var bytes = (UInt64(0), UInt64(0))
    withUnsafeMutableBytes(of: &bytes) { SystemRandom.fill($0) }
    return StoreID(high: bytes.0, low: bytes.1)
  }

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// - Returns: nil unless there are 16 bytes.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count == Self.byteCount else { return nil }
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// - Returns: nil unless there are 16 bytes.
  public init?(_ bytes: [UInt8]) {
    guard let id = bytes.withUnsafeBytes({ StoreID($0) }) else { return nil }
    self = id
  }

  public var bytes: [UInt8] { withUnsafeBytes { Array($0) } }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }

  /// 32 lower-case hexadecimal digits.
  public var description: String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
