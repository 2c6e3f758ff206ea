/// What is wrong with a proto file, and where.
public struct ProtoError: Error, Equatable, Sendable, CustomStringConvertible {
  public var location: SourceLocation
  /// What was expected, or which rule is broken; lower case, without a full stop.
  public var message: String

  public init(_ location: SourceLocation, _ message: String) {
    self.location = location
    self.message = message
  }

  public var description: String { "\(location): \(message)" }
}
