/// A place in a proto file.
public struct SourceLocation: Equatable, Sendable, CustomStringConvertible {
  /// The path as it was imported, such as "gatehouse/v1/customer.proto".
  public var file: String
  /// The first line is 1.
  public var line: Int
  /// In Unicode scalars, the first is 1; a tab counts as one.
  public var column: Int

  public init(file: String, line: Int, column: Int) {
    self.file = file
    self.line = line
    self.column = column
  }

  public var description: String { "\(file):\(line):\(column)" }
}
