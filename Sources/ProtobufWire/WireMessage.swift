/// A message that is encoded in protobuf's binary form.
public protocol WireMessage: Sendable, Equatable {
  /// The message with every field at its default.
  init()

  /// Reads fields up to the end of what `reader` is narrowed to, over those that are there: scalars replace, messages
  /// merge, repeated fields append. When it throws, some fields have been read.
  mutating func merge(from reader: inout WireReader) throws(WireError)

  /// Writes the fields that are not at their default, in the order of their numbers, maps in the order of their keys:
  /// equal messages have equal bytes.
  func encode(into writer: inout WireWriter)
}

extension WireMessage {
  @inlinable
  public init(decoding bytes: UnsafeRawBufferPointer) throws(WireError) {
    self.init()
    var reader = WireReader(bytes)
    try merge(from: &reader)
  }

  @inlinable
  public init(decoding bytes: [UInt8]) throws(WireError) {
    self = try bytes.withUnsafeBufferPointer { (buffer) throws(WireError) in
      try Self(decoding: UnsafeRawBufferPointer(buffer))
    }
  }

  @inlinable
  public func encoded() -> [UInt8] {
    var writer = WireWriter()
    encode(into: &writer)
    return writer.withUnsafeBytes { [UInt8]($0) }
  }

  /// A message with what `body` sets.
  @inlinable
  public static func with<Failure: Error>(_ body: (inout Self) throws(Failure) -> Void) throws(Failure) -> Self {
    var message = Self()
    try body(&message)
    return message
  }
}
