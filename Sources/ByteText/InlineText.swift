/// Text of an owner of which there are millions: as long as it is short it lies within the owner itself, and not in
/// memory of its own, which would be another place to wait for and another few dozen bytes each.
///
/// Two are equal when their bytes are: the same characters composed in another way are another text.
public struct InlineText: Sendable {
  /// Up to so many bytes lie within the owner: a UUID as it is written has 36.
  public static let inlineCapacity = 38

  /// The bytes lie in words, in their order in memory: as an array of bytes they would be copied one by one.
  @usableFromInline
  struct Inline: BitwiseCopyable, Sendable {
    @usableFromInline var word0: UInt64 = 0
    @usableFromInline var word1: UInt64 = 0
    @usableFromInline var word2: UInt64 = 0
    @usableFromInline var word3: UInt64 = 0
    @usableFromInline var word4: UInt32 = 0
    @usableFromInline var word5: UInt16 = 0
    @usableFromInline var count: UInt8 = 0

    @inlinable
    init() {}
  }

  @usableFromInline
  enum Storage: Sendable {
    /// Behind `count` bytes there are zeros.
    case inline(Inline)
    case apart(String)
  }

  @usableFromInline let storage: Storage

  /// A copy of bytes that are known to be UTF-8.
  @inlinable
  public init(copyingUTF8 text: UnsafeRawBufferPointer) {
    if text.count <= Self.inlineCapacity {
      var inline = Inline()
      withUnsafeMutableBytes(of: &inline) { $0.copyMemory(from: text) }
      inline.count = UInt8(truncatingIfNeeded: text.count)
      storage = .inline(inline)
    } else {
      storage = .apart(String(decoding: text, as: UTF8.self))
    }
  }

  public init(_ text: String) {
    var text = text
    self = text.withUTF8 { InlineText(copyingUTF8: UnsafeRawBufferPointer($0)) }
  }

  /// How many bytes it has in UTF-8.
  @inlinable
  public var byteCount: Int {
    switch storage {
    case .inline(let text): Int(text.count)
    case .apart(let text): text.utf8.count
    }
  }

  /// Lends the UTF-8.
  @inlinable
  @inline(__always)
  public func withUTF8Bytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    switch storage {
    case .inline(let text):
      return withUnsafeBytes(of: text) {
        body(UnsafeRawBufferPointer(start: $0.baseAddress, count: Int(text.count)))
      }
    case .apart(var text): return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }
  }

  /// The same as a string.
  public var string: String {
    switch storage {
    case .inline: withUTF8Bytes { String(decoding: $0, as: UTF8.self) }
    case .apart(let text): text
    }
  }
}

extension InlineText: Equatable {
  public static func == (left: InlineText, right: InlineText) -> Bool {
    left.withUTF8Bytes { left in right.withUTF8Bytes { right in left.elementsEqual(right) } }
  }
}

extension InlineText: ExpressibleByStringInterpolation {
  public init(stringLiteral text: String) { self.init(text) }
}

extension OutputRawSpan {
  /// Appends the UTF-8 of a text; traps when there is no room.
  @inlinable
  @inline(__always)
  public mutating func append(_ text: borrowing InlineText) {
    switch text.storage {
    case .inline(let inline) where freeCapacity >= MemoryLayout<InlineText.Inline>.size:
      // All of it in a few instructions: what lies behind is written over.
      withUnsafeMutableBytes { room, count in
        room.storeBytes(of: inline, toByteOffset: count, as: InlineText.Inline.self)
        count &+= Int(inline.count)
      }
    case .inline, .apart: text.withUTF8Bytes { append(bytes: $0) }
    }
  }
}
