internal import Lifecycle

// The fixed-size values of the lifecycle as bytes, lent without allocating.

extension Nonce {
  /// The 22 characters.
  func withBytes<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withUnsafeBytes(of: bytes, body) }
}

extension CustomerID {
  /// The 36 characters of the text form.
  func withText<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R { withUnsafeBytes(of: text, body) }
}
