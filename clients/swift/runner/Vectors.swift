internal import Foundation
internal import GatehouseAPI
internal import ProtobufWire

/// The golden vectors: what the messages of this client make of bytes.
enum Vectors {
  static func check(_ path: String) throws -> Runner.Answer {
    let file = try Data(contentsOf: URL(filePath: path))
    let vectors = try JSONSerialization.jsonObject(with: file) as? [[String: Any]] ?? []
    let types = Dictionary(uniqueKeysWithValues: MessageTypes.all.map { ($0.protoName, $0) })
    let wrong = vectors.filter { !isRight($0, types[$0["message"] as? String ?? ""]) }
    return ["count": vectors.count, "wrong": wrong.map { "\($0)" }]
  }

  private static func isRight(_ vector: [String: Any], _ type: (any NamedMessage.Type)?) -> Bool {
    guard let type, let bytes = vector["bytes"] as? String else { return false }
    guard let message = try? type.init(decoding: Hexadecimal.bytes(bytes)) else {
      return vector["refused"] as? Bool == true
    }
    let value = vector["value"] as? [String: Any] ?? [:]
    return vector["canonical"] as? String == Hexadecimal.text(message.encoded())
      && text(MessageValue.describe(message)) == text(value)
  }

  private static func text(_ value: [String: Any]) -> Data? {
    try? JSONSerialization.data(withJSONObject: value, options: [.sortedKeys])
  }
}

/// What a message holds, as `clients/vectors/make.py` describes it.
enum MessageValue {
  static func describe(_ message: any NamedMessage) -> [String: Any] {
    var described: [String: Any] = [:]
    for child in Mirror(reflecting: message).children {
      // A field that is boxed is stored under its name with an underscore.
      let name = snake(String((child.label ?? "").drop { $0 == "_" }))
      let value = (child.value as? any Boxed)?.content ?? child.value
      let mirror = Mirror(reflecting: value)
      if mirror.displayStyle == .optional {
        guard let held = mirror.children.first?.value else { continue }
        describe(held, as: name, in: &described)
      } else if !isDefault(value) {
        described[name] = scalar(value)
      }
    }
    return described
  }

  /// What is there, default or not; of a oneof the field that is set.
  private static func describe(_ held: Any, as name: String, in described: inout [String: Any]) {
    let mirror = Mirror(reflecting: held)
    guard mirror.displayStyle == .enum, let field = mirror.children.first else {
      described[name] = scalar(held)
      return
    }
    described[snake(field.label ?? "")] = scalar(field.value)
  }

  private static func scalar(_ value: Any) -> Any {
    switch value {
    case let message as any NamedMessage: describe(message)
    case let bytes as [UInt8]: Hexadecimal.text(bytes)
    case let map as any Pairs: map.pairs.map { [scalar($0.0), scalar($0.1)] }
    case let list as [Any]: list.map(scalar)
    case let number as any WireEnum: number.rawValue
    case let number as Int64: String(number)
    case let number as UInt64: String(number)
    case let number as Double: hexadecimal(number.bitPattern)
    default: value
    }
  }

  private static func hexadecimal(_ bits: UInt64) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private static func isDefault(_ value: Any) -> Bool {
    switch value {
    case let text as String: text.isEmpty
    case let flag as Bool: !flag
    case let number as Double: number.bitPattern == 0
    case let number as any WireEnum: number.rawValue == 0
    case let number as any FixedWidthInteger: number.nonzeroBitCount == 0
    case let map as any Pairs: map.pairs.isEmpty
    case let list as [Any]: list.isEmpty
    default: false
    }
  }

  private static func snake(_ name: String) -> String {
    name.reduce(into: "") { snake, letter in
      snake += letter.isUppercase ? "_" + letter.lowercased() : String(letter)
    }
  }
}

/// A map of whatever types.
private protocol Pairs {
  var pairs: [(Any, Any)] { get }
}

extension WireMap: Pairs {
  fileprivate var pairs: [(Any, Any)] { map { ($0.key, $0.value) } }
}

/// A field that is kept in a box.
private protocol Boxed {
  var content: Any { get }
}

extension WireBoxed: Boxed {
  fileprivate var content: Any { wrappedValue as Any }
}
