internal import GatehouseAPI
internal import ProtobufWire
internal import RPC

/// A call that was encoded once, with holes of a fixed width for what differs from call to call: it is sent by copying
/// its bytes.
struct CallTemplate: Sendable {
  /// The frame behind its stream number.
  private let body: [UInt8]
  /// Where each hole is in `body`.
  private let holes: [[Range<Int>]]

  /// - Parameters:
  ///   - request: holds each of the marks wherever what it stands for belongs.
  ///   - marks: texts as long as what is filled in, and found nowhere else.
  init(_ method: RPCMethod, _ request: some WireMessage, marks: [[UInt8]] = []) {
    var call = GatehouseRpcV1.Call()
    call.method = method.path
    call.payload = request.encoded()
    var frame = GatehouseRpcV1.Frame()
    frame.kind = .call(call)
    let body = frame.encoded()
    self.body = body
    holes = marks.map { mark in
      var found: [Range<Int>] = []
      var start = 0
      while start + mark.count <= body.count {
        if body[start..<(start + mark.count)].elementsEqual(mark) {
          found.append(start..<(start + mark.count))
          start += mark.count
        } else {
          start += 1
        }
      }
      return found
    }
  }

  /// Appends the call.
  ///
  /// - Parameters:
  ///   - first: goes into each hole of the first mark, and is as long as that.
  ///   - second: the same for the second mark.
  @inline(__always)  // each caller knows how many holes there are
  func append(
    _ stream: UInt32, to queue: inout ByteQueue, _ first: UnsafeRawBufferPointer = Self.nothing,
    _ second: UnsafeRawBufferPointer = Self.nothing
  ) {
    let numberSize = Self.varintSize(stream)
    let size = 1 + numberSize + body.count
    queue.append(upTo: FrameDecoder.prefixBytes + size) { room in
      guard let base = room.baseAddress else { return 0 }
      base.storeBytes(of: UInt32(truncatingIfNeeded: size).bigEndian, as: UInt32.self)
      base.storeBytes(of: Self.streamTag, toByteOffset: FrameDecoder.prefixBytes, as: UInt8.self)
      Self.storeVarint(stream, at: base + FrameDecoder.prefixBytes + 1)
      let start = base + FrameDecoder.prefixBytes + 1 + numberSize
      body.withUnsafeBytes { bytes in
        if let source = bytes.baseAddress { start.copyMemory(from: source, byteCount: bytes.count) }
      }
      fill(0, first, start)
      fill(1, second, start)
      return FrameDecoder.prefixBytes + size
    }
  }

  static var nothing: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  private static let streamTag = UInt8(
    truncatingIfNeeded: WireTag(field: GatehouseRpcV1.Frame.Field.stream, type: .varint).rawValue)

  private func fill(_ mark: Int, _ bytes: UnsafeRawBufferPointer, _ start: UnsafeMutableRawPointer) {
    guard let source = bytes.baseAddress else { return }
    for hole in holes[mark] {
      precondition(hole.count == bytes.count, "what is filled in is as long as its mark")
      (start + hole.lowerBound).copyMemory(from: source, byteCount: hole.count)
    }
  }

  private static func varintSize(_ value: UInt32) -> Int {
    // 7 bits a byte; one byte for 0.
    (38 - max(value | 1, 1).leadingZeroBitCount) / 7
  }

  private static func storeVarint(_ value: UInt32, at start: UnsafeMutableRawPointer) {
    var rest = value
    var cursor = start
    while rest >= 0x80 {
      cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest) | 0x80, as: UInt8.self)
      cursor += 1
      rest >>= 7
    }
    cursor.storeBytes(of: UInt8(truncatingIfNeeded: rest), as: UInt8.self)
  }
}
