extension WireReader {
  /// Reads a nested message into `message`: its fields are merged with what is there already.
  @inlinable
  public mutating func merge<Message: WireMessage>(into message: inout Message) throws(WireError) {
    let outerEnd = try enter()
    try message.merge(from: &self)
    leave(to: outerEnd)
  }

  /// Reads a nested message into `message`, which is made when it is not there.
  @inlinable
  public mutating func merge<Message: WireMessage>(into message: inout Message?) throws(WireError) {
    if message == nil { message = Message() }
    try merge(into: &message!)
  }

  /// Reads a nested message as one more element.
  @inlinable
  public mutating func append<Message: WireMessage>(to messages: inout [Message]) throws(WireError) {
    var message = Message()
    try merge(into: &message)
    messages.append(message)
  }

  /// Narrows the reader to the length-delimited value that follows, one level deeper. ``leave(to:)`` takes what it
  /// returns and widens it again.
  @inlinable
  public mutating func enter() throws(WireError) -> OuterEnd {
    let length = try length()
    guard depth > 0 else { throw .nestingTooDeep }
    depth &-= 1
    let outer = OuterEnd(pointer: end)
    end = cursor + length
    return outer
  }

  /// Goes on behind the value that ``enter()`` entered.
  @inlinable
  public mutating func leave(to outer: OuterEnd) {
    cursor = end
    end = outer.pointer
    depth &+= 1
  }

  /// Where the message around the present one ends.
  public struct OuterEnd {
    @usableFromInline let pointer: UnsafeRawPointer

    @inlinable
    init(pointer: UnsafeRawPointer) {
      self.pointer = pointer
    }
  }

  // MARK: Packed fields and maps

  /// Reads a packed field: its elements are appended.
  @inlinable
  public mutating func appendPacked<Coding: WireCoding>(
    to values: inout [Coding.Value],
    _: Coding.Type
  ) throws(WireError) {
    let length = try length()
    let outerEnd = end
    end = cursor + length
    while cursor < end {
      var value = Coding.initial
      try Coding.read(into: &value, from: &self)
      values.append(value)
    }
    end = outerEnd
  }

  /// Reads one entry of a map. A key or value that is missing is at its default. An entry with a field that is unknown,
  /// or lies differently on the wire, is as a whole an unknown field: it is skipped.
  @inlinable
  public mutating func insertEntry<Key: WireCoding, Value: WireCoding>(
    into map: inout WireMap<Key.Value, Value.Value>,
    _: Key.Type,
    _: Value.Type
  ) throws(WireError) {
    let keyTag = WireTag(field: 1, type: Key.type)
    let valueTag = WireTag(field: 2, type: Value.type)
    var key = Key.initial
    var value = Value.initial
    var isKnown = true
    let outerEnd = try enter()
    while let tag = try nextTag() {
      if tag == keyTag {
        try Key.read(into: &key, from: &self)
      } else if tag == valueTag {
        try Value.read(into: &value, from: &self)
      } else {
        try skip(tag)
        isKnown = false
      }
    }
    leave(to: outerEnd)
    if isKnown { map[key] = value }
  }

  // MARK: What is not known

  /// Consumes the value behind `tag`: of an unknown field, or of a known one that lies differently on the wire.
  public mutating func skip(_ tag: WireTag) throws(WireError) {
    try skipValue(behind: tag.rawValue)
  }

  /// Consumes the rest of the present message, which has no known fields.
  ///
  /// Here, and within unknown groups, a field number may be 0: upb (7.36) looks at it only where it looks a field up.
  public mutating func skipUnknownFields() throws(WireError) {
    while cursor < end { try skipValue(behind: try rawTag()) }
  }

  private mutating func skipValue(behind rawTag: UInt32) throws(WireError) {
    switch rawTag & 7 {
    case 0: _ = try varint()
    case 1: _ = try fixed64()
    case 2: _ = try lengthDelimited()
    case 3: try skipGroup(field: rawTag >> 3)
    case 4: throw .unmatchedGroup
    case 5: _ = try fixed32()
    default: throw .invalidWireType
    }
  }

  /// Bounded by ``maximumDepth``: each group within a group is one level.
  private mutating func skipGroup(field: UInt32) throws(WireError) {
    guard depth > 0 else { throw .nestingTooDeep }
    depth &-= 1
    while cursor < end {
      let tag = try rawTag()
      if tag & 7 == WireType.endGroup.rawValue {
        guard tag >> 3 == field else { throw .unmatchedGroup }
        depth &+= 1
        return
      }
      try skipValue(behind: tag)
    }
    throw .unmatchedGroup
  }
}
