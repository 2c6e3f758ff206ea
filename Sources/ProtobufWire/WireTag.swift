/// How the value of a field lies on the wire.
public enum WireType: UInt8, Sendable {
  case varint = 0
  case fixed64 = 1
  case lengthDelimited = 2
  case startGroup = 3
  case endGroup = 4
  case fixed32 = 5
}

/// What stands before each value: the number of its field and how it lies on the wire.
///
/// A tag is always valid: its field number is 1 to 2^29 - 1, its type one of ``WireType``.
public struct WireTag: Equatable, Sendable {
  /// The tag as it is on the wire: field number, then 3 bits of wire type.
  public let rawValue: UInt32

  @inlinable
  init(unchecked rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// - Parameter rawValue: field number, then 3 bits of wire type, as on the wire.
  @inlinable
  public init(rawValue: UInt32) throws(WireError) {
    guard rawValue >= 8 else { throw .invalidTag }
    guard rawValue & 7 < 6 else { throw .invalidWireType }
    self.rawValue = rawValue
  }

  /// - Parameter field: 1 to 2^29 - 1; excess bits are dropped.
  @inlinable
  public init(field: UInt32, type: WireType) {
    rawValue = field &<< 3 | UInt32(type.rawValue)
  }

  /// 1 to 2^29 - 1.
  @inlinable
  public var field: UInt32 { rawValue &>> 3 }

  @inlinable
  public var type: WireType {
    switch rawValue & 7 {
    case 0: .varint
    case 1: .fixed64
    case 2: .lengthDelimited
    case 3: .startGroup
    case 4: .endGroup
    // Only 5 is left: no tag is made with 6 or 7.
    default: .fixed32
    }
  }
}
