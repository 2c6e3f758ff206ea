public import ProtobufWire
internal import System

/// A request that a second time does nothing more when it has the same key.
public protocol KeyedRequest: WireMessage {
  /// 1 to 64 printable ASCII bytes; empty is none.
  var idempotencyKey: String { get set }
}

enum IdempotencyKey {
  private static let bytes = 16

  /// A key that nobody else has: 32 hexadecimal digits from the kernel's random source.
  static func make() -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: SystemRandom.bytes(bytes).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
