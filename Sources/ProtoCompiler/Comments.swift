/// The comments that belong to a declaration, without their markers, by `protoc`'s rules: `leading` ends on the line
/// before the declaration; `trailing` begins on its last line, or on the next and is followed by an empty line or the
/// end of the scope.
public struct Comments: Equatable, Sendable {
  public var leading: String
  public var trailing: String

  public init(leading: String = "", trailing: String = "") {
    self.leading = leading
    self.trailing = trailing
  }

  /// Both, one paragraph each.
  public var text: String {
    if leading.isEmpty { return trailing }
    return trailing.isEmpty ? leading : leading + "\n\n" + trailing
  }
}
