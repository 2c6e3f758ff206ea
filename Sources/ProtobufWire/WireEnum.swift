/// An enum of proto3: open, so any number is a value, named or not.
public protocol WireEnum: RawRepresentable<Int32>, Hashable, Sendable, CaseIterable where AllCases == [Self] {
  init(rawValue: Int32)

  /// What every name begins with: "CUSTOMER_STATE_"; empty where the names have nothing in common with the type's.
  static var namePrefix: String { get }

  /// The name without ``namePrefix``: "ACTIVE". The number in decimal when the value has no name.
  var shortName: String { get }
}

extension WireEnum {
  /// The value with number 0, which a field has that was never set.
  @inlinable
  public init() {
    self.init(rawValue: 0)
  }

  /// The name in the proto file: "CUSTOMER_STATE_ACTIVE". The number in decimal when the value has no name.
  public var name: String {
    isNamed ? Self.namePrefix + shortName : shortName
  }

  /// Whether the proto file names this number.
  public var isNamed: Bool {
    Self.allCases.contains(self)
  }

  /// - Parameter name: a name as in the proto file; nil when it is none of them.
  public init?(name: String) {
    guard name.hasPrefix(Self.namePrefix) else { return nil }
    self.init(shortName: String(name.dropFirst(Self.namePrefix.count)))
  }

  /// - Parameter shortName: a name without its prefix; nil when it is none of them.
  public init?(shortName: String) {
    guard let value = Self.allCases.first(where: { $0.shortName == shortName }) else { return nil }
    self = value
  }
}
