internal import Lifecycle

extension Nonce {
  /// The 22 characters.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withUnsafeBytes(of: bytes, body) }
}
