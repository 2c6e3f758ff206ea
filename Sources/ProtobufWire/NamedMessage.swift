/// A message that a proto file defines.
public protocol NamedMessage: WireMessage {
  /// The full name: "gatehouse.v1.Customer".
  static var protoName: String { get }
}
