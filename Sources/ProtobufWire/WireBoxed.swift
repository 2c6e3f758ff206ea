/// A message, or nil, that lies elsewhere in memory: so that a message can hold one of its own type.
@propertyWrapper
public struct WireBoxed<Value> {
  /// At most one element.
  @usableFromInline var storage: [Value] = []

  @inlinable
  public init() {}

  @inlinable
  public init(wrappedValue: Value?) {
    self.wrappedValue = wrappedValue
  }

  @inlinable
  public var wrappedValue: Value? {
    get { storage.first }
    set { storage = newValue.map { [$0] } ?? [] }
  }
}

extension WireBoxed: Sendable where Value: Sendable {}
extension WireBoxed: Equatable where Value: Equatable {}
