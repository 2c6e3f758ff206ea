/// Names who calls: what the ``CallHandler`` chose when it accepted the token of the connection.
public struct CallerID: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }
}
