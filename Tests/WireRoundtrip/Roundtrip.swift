internal import GatehouseAPI
internal import ProtobufWire

/// Decodes bytes as a message named by the caller and encodes it again.
enum Roundtrip {
  enum Outcome: Equatable {
    case encoded([UInt8])
    case refused(WireError)
    case unknownMessage
  }

  /// The committed messages and those of `conformance.proto`, by their full names.
  static let messages = [String: any NamedMessage.Type](
    uniqueKeysWithValues: (GatehouseAPI.MessageTypes.all + MessageTypes.all).map { ($0.protoName, $0) }
  )

  static func run(_ name: String, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    guard let type = messages[name] else { return .unknownMessage }
    return run(type, bytes)
  }

  private static func run<Message: NamedMessage>(_: Message.Type, _ bytes: UnsafeRawBufferPointer) -> Outcome {
    do throws(WireError) {
      return .encoded(try Message(decoding: bytes).encoded())
    } catch {
      return .refused(error)
    }
  }
}
