/// A file that an emitter wants written.
public struct GeneratedFile: Equatable, Sendable {
  /// From the folder of the generated files on.
  public var name: String
  public var text: String

  public init(name: String, text: String) {
    self.name = name
    self.text = text
  }
}
