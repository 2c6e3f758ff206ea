/// A set of cases of a small enum, in one word.
@frozen
public struct EnumSet<Element>: Hashable, Sendable, ExpressibleByArrayLiteral
where Element: RawRepresentable & CaseIterable & Sendable, Element.RawValue == UInt8 {
  /// Bit n stands for the case whose raw value is n. Raw values are below 16.
  public var bits: UInt16

  /// The set with these bits; bits that stand for no case are dropped.
  @inlinable
  public init(bits: UInt16) {
    self.bits = bits & Self.all.bits
  }

  @inlinable
  public init(arrayLiteral elements: Element...) {
    bits = 0
    for element in elements { insert(element) }
  }

  @inlinable
  init(unchecked bits: UInt16) {
    self.bits = bits
  }

  /// Every case.
  @inlinable
  public static var all: Self {
    var set = Self(unchecked: 0)
    for element in Element.allCases { set.insert(element) }
    return set
  }

  /// Whether no case is in the set.
  @inlinable
  public var isEmpty: Bool { bits == 0 }

  /// How many cases are in the set.
  @inlinable
  public var count: Int { bits.nonzeroBitCount }

  /// The cases in the set, in the order of their declaration.
  public var elements: [Element] { Element.allCases.filter(contains) }

  /// The case in the set that was declared first.
  public var first: Element? {
    isEmpty ? nil : Element(rawValue: UInt8(truncatingIfNeeded: bits.trailingZeroBitCount))
  }

  /// Whether the case is in the set.
  @inlinable
  public func contains(_ element: Element) -> Bool {
    bits & Self.bit(element) != 0
  }

  /// Puts the case into the set.
  @inlinable
  public mutating func insert(_ element: Element) {
    bits |= Self.bit(element)
  }

  /// The cases in either set.
  @inlinable
  public func union(_ other: Self) -> Self {
    Self(unchecked: bits | other.bits)
  }

  /// The cases in both sets.
  @inlinable
  public func intersection(_ other: Self) -> Self {
    Self(unchecked: bits & other.bits)
  }

  /// The cases in this set that are not in the other.
  @inlinable
  public func subtracting(_ other: Self) -> Self {
    Self(unchecked: bits & ~other.bits)
  }

  @inlinable
  static func bit(_ element: Element) -> UInt16 {
    1 << UInt16(element.rawValue)
  }
}
