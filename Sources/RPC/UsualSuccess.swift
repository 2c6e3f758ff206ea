internal import GatehouseAPI
internal import ProtobufWire

/// The frame of a unary success whose lengths are usual, as nearly every answer's are: both that precede the payload
/// take two bytes. So it is known beforehand how much precedes the payload, which can be rendered where it is sent
/// from. It is written a word at a time.
@usableFromInline
struct UsualSuccess {
  /// Tag and number of the stream, as they lie in memory.
  private let stream: UInt64
  private let streamSize: Int

  init(_ stream: UInt32) {
    let (bytes, size) = OutputRawSpan.varintBytes(UInt64(stream))
    self.stream = UInt64(ByteQueue.Tag.stream) | bytes &<< 8
    streamSize = 1 &+ size
  }

  /// Whether a payload of so many bytes has usual lengths.
  static func isUsual(_ payload: Int) -> Bool { 0x80 <= payload && payload < 0x3F80 }

  /// How many bytes precede the payload: the frame's length, the stream, tag and length of the reply, tag and length of
  /// the payload.
  var headerSize: Int { FrameDecoder.prefixBytes &+ streamSize &+ 6 }
  /// How many bytes follow the payload: tag and length of a status that says nothing.
  static let statusSize = 2

  /// Writes what precedes and what follows a payload of `size` bytes.
  ///
  /// - Parameter frame: `headerSize` bytes, the payload, and `statusSize` bytes.
  @inline(__always)
  func write(around size: Int, in frame: UnsafeMutableRawBufferPointer) {
    precondition(Self.isUsual(size) && frame.count == headerSize &+ size &+ Self.statusSize)
    let length = frame.count &- FrameDecoder.prefixBytes
    frame.storeBytes(of: UInt32(truncatingIfNeeded: length).bigEndian, toByteOffset: 0, as: UInt32.self)
    // What this word has beyond the bytes that count is written over by what follows.
    frame.storeBytes(of: stream.littleEndian, toByteOffset: FrameDecoder.prefixBytes, as: UInt64.self)
    let reply = UInt64(ByteQueue.Tag.reply) | Self.twoByteVarint(3 &+ size &+ Self.statusSize) &<< 8
    let lengths = reply | UInt64(ByteQueue.Tag.replyPayload) &<< 24 | Self.twoByteVarint(size) &<< 32
    let rest = FrameDecoder.prefixBytes &+ streamSize
    frame.storeBytes(of: UInt32(truncatingIfNeeded: lengths).littleEndian, toByteOffset: rest, as: UInt32.self)
    frame.storeBytes(
      of: UInt16(truncatingIfNeeded: lengths &>> 32).littleEndian, toByteOffset: rest &+ 4, as: UInt16.self)
    frame.storeBytes(
      of: UInt16(ByteQueue.Tag.replyStatus).littleEndian, toByteOffset: headerSize &+ size, as: UInt16.self)
  }

  /// The varint of a number from 128 to 16,383.
  private static func twoByteVarint(_ value: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: value & 0x7F | 0x80 | (value &>> 7) &<< 8)
  }
}
