/// Finds the frames in what a peer sends: each a 4-byte big-endian length, then that many bytes.
public struct FrameDecoder: Sendable {
  /// The greatest length that the protocol can express: the first byte of a frame is always 0x00.
  public static let greatestFrame = 1 << 24 - 1
  /// The length prefix.
  public static let prefixBytes = 4

  /// What the bytes begin with.
  public enum Step: Equatable {
    /// A whole frame: `prefix + length` bytes are to be consumed.
    case frame(length: Int)
    /// More bytes are needed: so many in all, as far as is known.
    case incomplete(needed: Int)
    case refused(Refusal)
  }

  /// Why bytes are not taken for frames. Nothing behind them can be read.
  public enum Refusal: Error, Equatable, Sendable {
    /// The frame says that it is longer than is allowed.
    case frameTooLong(length: Int, limit: Int)
    /// The first byte is that of HTTP/2 or TLS, whose clients cannot read our frames.
    case anotherProtocol
    /// The first byte is not 0x00.
    case notAFrame
  }

  /// The greatest frame that is accepted, without its prefix.
  public let limit: Int
  /// Only the first byte of a connection tells what it speaks.
  @usableFromInline var hasBegun = false

  /// - Parameter limit: in bytes; at most ``greatestFrame``.
  public init(limit: Int) {
    self.limit = min(limit, FrameDecoder.greatestFrame)
  }

  /// Looks at what the peer has sent and was not consumed yet. A frame is refused by the length that it declares,
  /// before its body is waited for.
  @inlinable
  @inline(__always)  // one caller, in the innermost of loops
  public mutating func next(_ bytes: UnsafeRawBufferPointer) -> Step {
    if !hasBegun, let first = bytes.first {
      guard first == 0 else {
        return .refused(first == UInt8(ascii: "P") || first == 0x16 ? .anotherProtocol : .notAFrame)
      }
      hasBegun = true
    }
    guard bytes.count >= FrameDecoder.prefixBytes else { return .incomplete(needed: FrameDecoder.prefixBytes) }
    let length = Int(UInt32(bigEndian: bytes.loadUnaligned(as: UInt32.self)))
    guard length <= limit else { return .refused(.frameTooLong(length: length, limit: limit)) }
    let needed = length + FrameDecoder.prefixBytes
    return bytes.count >= needed ? .frame(length: length) : .incomplete(needed: needed)
  }
}
