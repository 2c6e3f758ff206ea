/// A place in the order of what was appended since the journal was opened: the number of appends up to there.
public struct Position: Hashable, Comparable, Sendable {
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) {
    self.rawValue = rawValue
  }

  /// Before the first append.
  public static let start = Position(rawValue: 0)

  @inlinable
  public static func < (left: Position, right: Position) -> Bool {
    left.rawValue < right.rawValue
  }
}
