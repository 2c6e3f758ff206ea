/// What a set of proto files defines, checked, with every name resolved: what an emitter for any language starts from.
public struct Schema: Sendable {
  /// The files asked for and those that they import; a file stands behind those that it imports.
  public var files: [File] = []

  /// One proto file.
  public struct File: Sendable {
    /// As it is imported: "gatehouse/v1/customer.proto".
    public var path: String
    /// "gatehouse.v1"; empty when the file names none.
    public var package: String
    public var comments: Comments
    public var messages: [Message]
    public var enums: [Enumeration]
    public var services: [Service]
  }

  public struct Message: Sendable {
    public var name: String
    /// With package and enclosing messages: "google.rpc.BadRequest.FieldViolation".
    public var fullName: String
    public var comments: Comments
    /// As declared; those of oneofs among them.
    public var fields: [Field]
    public var oneofs: [Oneof]
    public var messages: [Message]
    public var enums: [Enumeration]
  }

  public struct Oneof: Sendable {
    public var name: String
    public var comments: Comments
  }

  public struct Field: Sendable {
    public var name: String
    /// 1 to 2^29 - 1.
    public var number: Int
    /// Of the field, of an element, or of a value of the map.
    public var type: FieldType
    public var cardinality: Cardinality
    /// The index of the oneof that the field is a member of.
    public var oneof: Int?
    public var comments: Comments
    /// Whether the field holds a message that can, by way of singular fields, hold the field's own message again.
    public var isRecursive = false
  }

  public enum FieldType: Sendable, Equatable {
    case scalar(Scalar)
    /// By its full name.
    case message(String)
    /// By its full name.
    case enumeration(String)
  }

  public enum Cardinality: Sendable, Equatable {
    /// A scalar or enum that is absent when it is at its default.
    case implicit
    /// Absent or present: a message, an `optional`, or a member of a oneof.
    case explicit
    case repeated(isPacked: Bool)
    case map(key: Scalar)
  }

  public enum Scalar: String, CaseIterable, Sendable {
    case double
    case float
    case int32
    case int64
    case uint32
    case uint64
    case sint32
    case sint64
    case fixed32
    case fixed64
    case sfixed32
    case sfixed64
    case bool
    case string
    case bytes
  }

  public struct Enumeration: Sendable {
    public var name: String
    public var fullName: String
    public var comments: Comments
    /// As declared; the first has number 0.
    public var values: [Value]
    /// What all names begin with because the type is called so: "CUSTOMER_STATE_"; empty when not all do.
    public var valuePrefix: String

    public struct Value: Sendable {
      public var name: String
      public var number: Int32
      public var comments: Comments
    }
  }

  public struct Service: Sendable {
    public var name: String
    public var fullName: String
    public var comments: Comments
    public var methods: [Method]
  }

  public struct Method: Sendable {
    public var name: String
    public var comments: Comments
    /// The full name of the request's message.
    public var request: String
    public var isClientStreaming: Bool
    /// The full name of the response's message.
    public var response: String
    public var isServerStreaming: Bool
    public var idempotency: Idempotency
  }

  /// What the option `idempotency_level` of a method says.
  public enum Idempotency: String, Sendable {
    /// Nothing is said: a second call may do something more.
    case unknown = "IDEMPOTENCY_UNKNOWN"
    /// A call changes nothing.
    case noSideEffects = "NO_SIDE_EFFECTS"
    /// A second call does nothing more.
    case idempotent = "IDEMPOTENT"
  }
}

extension Schema.Scalar {
  /// Whether a repeated field of the type may be packed.
  public var isPackable: Bool { self != .string && self != .bytes }

  /// Whether a map may have keys of the type.
  public var isMapKey: Bool { self != .float && self != .double && self != .bytes }
}
