internal import Testing

@testable import ProtobufWire

@Suite struct WireReaderTests {
  /// Runs `read` over `bytes`; what it returned, or the error.
  private func reading<Value>(
    _ bytes: [UInt8],
    _ read: (inout WireReader) throws(WireError) -> Value
  ) -> Result<Value, WireError> {
    bytes.withUnsafeBufferPointer { buffer in
      var reader = WireReader(UnsafeRawBufferPointer(buffer))
      do throws(WireError) {
        return .success(try read(&reader))
      } catch {
        return .failure(error)
      }
    }
  }

  private static let ff8 = [UInt8](repeating: 0xFF, count: 8)

  @Test(
    arguments: [
      ([0x00], .success(0)),
      ([0x7F], .success(127)),
      ([0x80, 0x01], .success(128)),
      ([0x80, 0x00], .success(0)),
      (ff8 + [0xFF, 0x01], .success(.max)),
      // Bits past the 64th are dropped.
      (ff8 + [0xFF, 0x7F], .success(.max)),
      (ff8 + [0xFF, 0x02], .success(.max >> 1)),
      (ff8 + [0xFF, 0x80, 0x00], .failure(.varintTooLong)),
      ([], .failure(.truncated)),
      ([0x80], .failure(.truncated)),
      (ff8 + [0xFF], .failure(.truncated)),
    ] as [([UInt8], Result<UInt64, WireError>)])
  func varint(bytes: [UInt8], expected: Result<UInt64, WireError>) {
    #expect(reading(bytes) { (reader) throws(WireError) in try reader.varint() } == expected)
  }

  /// Whether the tag of field 1 was there, and what follows.
  @Test(
    arguments: [
      ([], false, 0), ([0x08], true, 0), ([0x08, 0x09], true, 1), ([0x10], false, 1),
      // The same tag in more bytes than it takes is left to `nextTag()`.
      ([0x88, 0x00], false, 2),
    ] as [([UInt8], Bool, Int)])
  func aTagIsTakenOrLeft(bytes: [UInt8], isTaken: Bool, remaining: Int) {
    let outcome = reading(bytes) { (reader) throws(WireError) in
      [reader.take(WireTag(field: 1, type: .varint)) ? 1 : 0, reader.remaining]
    }
    #expect(outcome == .success([isTaken ? 1 : 0, remaining]))
  }

  @Test(
    arguments: [
      ([], .success(nil)),
      ([0x08], .success(0x08)),
      ([0x88, 0x80, 0x80, 0x80, 0x00], .success(0x08)),
      ([0xFD, 0xFF, 0xFF, 0xFF, 0x0F], .success(0xFFFF_FFFD)),
      ([0x88, 0x80, 0x80, 0x80, 0x80, 0x00], .failure(.varintTooLong)),
      ([0x88, 0x80, 0x80, 0x80, 0x10], .failure(.invalidTag)),
      ([0x88], .failure(.truncated)),
      ([0x00], .failure(.invalidTag)),
      ([0x05], .failure(.invalidTag)),
      ([0x80, 0x00], .failure(.invalidTag)),
      ([0x0C], .failure(.unmatchedGroup)),
      ([0x0E], .failure(.invalidWireType)),
      ([0x0F], .failure(.invalidWireType)),
    ] as [([UInt8], Result<UInt32?, WireError>)])
  func tag(bytes: [UInt8], expected: Result<UInt32?, WireError>) {
    #expect(reading(bytes) { (reader) throws(WireError) in try reader.nextTag()?.rawValue } == expected)
  }

  @Test(
    arguments: [
      ([0x00], .success([])),
      ([0x01, 0x61], .success([0x61])),
      ([0x81, 0x80, 0x80, 0x80, 0x00, 0x61], .success([0x61])),
      ([0x01], .failure(.truncated)),
      ([0x81, 0x80, 0x80, 0x80, 0x80, 0x00, 0x61], .failure(.varintTooLong)),
      ([0xFF, 0xFF, 0xFF, 0xFF, 0x07], .failure(.truncated)),
      ([0x80, 0x80, 0x80, 0x80, 0x08], .failure(.lengthTooGreat)),
      ([0x80, 0x80, 0x80, 0x80, 0x7F], .failure(.lengthTooGreat)),
      ([0x81], .failure(.truncated)),
      ([], .failure(.truncated)),
    ] as [([UInt8], Result<[UInt8], WireError>)])
  func lengthDelimited(bytes: [UInt8], expected: Result<[UInt8], WireError>) {
    #expect(reading(bytes) { (reader) throws(WireError) in try reader.bytes() } == expected)
  }

  @Test func fixedWidthsAreBounded() {
    #expect(reading([1, 2, 3, 4]) { (reader) throws(WireError) in try reader.fixed32() } == .success(0x0403_0201))
    #expect(reading([1, 2, 3]) { (reader) throws(WireError) in try reader.fixed32() } == .failure(.truncated))
    #expect(
      reading([1, 2, 3, 4, 5, 6, 7, 8]) { (reader) throws(WireError) in try reader.fixed64() }
        == .success(0x0807_0605_0403_0201)
    )
    #expect(
      reading([1, 2, 3, 4, 5, 6, 7]) { (reader) throws(WireError) in try reader.fixed64() } == .failure(.truncated)
    )
  }

  @Test func scalarsDropExcessBits() {
    let wide: [UInt8] = [0x81, 0x80, 0x80, 0x80, 0x30]
    #expect(reading(wide) { (reader) throws(WireError) in try reader.int32() } == .success(1))
    #expect(reading(wide) { (reader) throws(WireError) in try reader.uint32() } == .success(1))
    #expect(reading(wide) { (reader) throws(WireError) in try reader.sint32() } == .success(-1))
    #expect(reading(wide) { (reader) throws(WireError) in try reader.sint64() } == .success(-0x1_8000_0001))
    #expect(
      reading([0x80, 0x80, 0x80, 0x80, 0x10]) { (reader) throws(WireError) in try reader.bool() } == .success(true)
    )
    #expect(
      reading([UInt8](repeating: 0x80, count: 9) + [0x02]) { (reader) throws(WireError) in try reader.bool() }
        == .success(false)
    )
  }

  @Test(
    arguments: [
      ([0x0B, 0x0C], nil),
      ([0x0B, 0x10, 0x05, 0x13, 0x14, 0x0C], nil),
      ([0x0B], .unmatchedGroup),
      ([0x0B, 0x14], .unmatchedGroup),
      ([0x0B, 0x10], .truncated),
      ([0x0B, 0x0E], .invalidWireType),
      ([0x0D, 0, 0, 0], .truncated),
      ([0x09, 0, 0, 0, 0, 0, 0, 0], .truncated),
      ([0x0A, 0x01], .truncated),
    ] as [([UInt8], WireError?)])
  func skip(bytes: [UInt8], expected: WireError?) {
    let result = reading(bytes) { (reader) throws(WireError) in
      while let tag = try reader.nextTag() { try reader.skip(tag) }
      return reader.remaining
    }
    #expect(result == (expected.map { .failure($0) } ?? .success(0)))
  }

  @Test(
    arguments: [
      ([0x61], .success([0x61])),
      ([0xC3, 0xA9], .success([0xC3, 0xA9])),
      ([0x00], .success([0x00])),
      ([0xF4, 0x8F, 0xBF, 0xBF], .success([0xF4, 0x8F, 0xBF, 0xBF])),
      ([0x80], .failure(.invalidUTF8)),
      ([0xC3], .failure(.invalidUTF8)),
      // Overlong, a surrogate, above U+10FFFF.
      ([0xC0, 0x80], .failure(.invalidUTF8)),
      ([0xE0, 0x9F, 0xBF], .failure(.invalidUTF8)),
      ([0xED, 0xA0, 0x80], .failure(.invalidUTF8)),
      ([0xF4, 0x90, 0x80, 0x80], .failure(.invalidUTF8)),
    ] as [([UInt8], Result<[UInt8], WireError>)])
  func text(bytes: [UInt8], expected: Result<[UInt8], WireError>) {
    // Once as it is, once behind more than a word of ASCII.
    for prefix in [[], [UInt8](repeating: 0x61, count: 19)] {
      let field = [UInt8(prefix.count + bytes.count)] + prefix + bytes
      let whole = expected.map { prefix + $0 }
      #expect(reading(field) { (reader) throws(WireError) in [UInt8](try reader.string().utf8) } == whole)
      #expect(reading(field) { (reader) throws(WireError) in [UInt8](try reader.utf8()) } == whole)
    }
  }

  /// Where nothing is looked up, 0 is a field number like any other.
  @Test func numberZeroIsSkippedWhereNothingIsKnown() {
    let bytes: [UInt8] = [0x00, 0x05, 0x03, 0x04, 0x0B, 0x00, 0x00, 0x0C]
    let known = reading(bytes) { (reader) throws(WireError) in try reader.nextTag() }
    #expect(known == .failure(.invalidTag))
    let unknown = reading(bytes) { (reader) throws(WireError) in
      try reader.skipUnknownFields()
      return reader.isAtEnd
    }
    #expect(unknown == .success(true))
    for (refused, error) in [([0x04], .unmatchedGroup), ([0x06], .invalidWireType), ([0x03], .unmatchedGroup)]
      as [([UInt8], WireError)]
    {
      let result = reading(refused) { (reader) throws(WireError) in
        try reader.skipUnknownFields()
        return true
      }
      #expect(result == .failure(error))
    }
  }

  @Test func groupsNestToTheLimitAndNoFurther() {
    for (depth, expected) in [(100, .success(true)), (101, .failure(.nestingTooDeep))]
      as [(Int, Result<Bool, WireError>)]
    {
      let bytes = [UInt8](repeating: 0x0B, count: depth) + [UInt8](repeating: 0x0C, count: depth)
      let result = reading(bytes) { (reader) throws(WireError) in
        while let tag = try reader.nextTag() { try reader.skip(tag) }
        return reader.isAtEnd
      }
      #expect(result == expected)
    }
  }

  @Test func anEmptyBufferWithoutAnAddressIsEmpty() throws {
    var reader = WireReader(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(try reader.nextTag() == nil)
    #expect(reader.remaining == 0)
  }

  /// Of each number and each count of bytes behind it: the same as the general way, or nothing at all.
  @Test func shortVarintsAreTakenAsTheyAreRead() {
    var values: [UInt64] = [0, 1, 0x7F, 0x80, .max]
    for shift in UInt64(7)..<36 { values += [1 << shift - 1, 1 << shift, 1 << shift | 0x55] }
    for value in values {
      var writer = WireWriter()
      writer.varint(value)
      let encoded = writer.withUnsafeBytes { Array($0) }
      for behind in 0...4 {
        let bytes = encoded + [UInt8](repeating: 0xFF, count: behind)
        bytes.withUnsafeBytes { bytes in
          var reader = WireReader(bytes)
          let isTaken = encoded.count <= 4 && bytes.count >= 4
          #expect(reader.takeShortVarint() == (isTaken ? UInt32(value) : nil))
          #expect(reader.remaining == (isTaken ? behind : bytes.count))
        }
      }
    }
  }

  /// Varints are read eight bytes at a time where there are as many: the same with and without bytes behind them.
  @Test func varintsOfEveryLengthAreReadWhateverFollows() throws {
    for bits in 0...64 {
      for value in [UInt64.max, 0x5A5A_5A5A_5A5A_5A5A, 1 << UInt64(max(bits - 1, 0))] {
        let value = bits == 0 ? 0 : value >> UInt64(64 - bits)
        var writer = WireWriter()
        writer.field(1, varint: value)
        let bytes = writer.withUnsafeBytes { Array($0.dropFirst()) }
        for behind in [[], [0], [0xFF], [UInt8](repeating: 0, count: 9), [UInt8](repeating: 0xFF, count: 9)] {
          let result = reading(bytes + behind) { (reader) throws(WireError) in
            let read = try reader.varint()
            return read == value && reader.remaining == behind.count
          }
          #expect(result == .success(true), "\(value), \(behind.count) bytes behind")
        }
      }
    }
  }

  /// Text is told to be ASCII eight bytes at a time.
  @Test func textIsValidatedWhereverItIsNotASCII() {
    for length in 0...33 {
      let ascii = [UInt8](repeating: UInt8(ascii: "a"), count: length)
      #expect(text(ascii) == .success(String(repeating: "a", count: length)))
      for position in 0..<length {
        var broken = ascii
        broken[position] = 0x80
        #expect(text(broken) == .failure(.invalidUTF8))
        var whole = ascii
        whole.replaceSubrange(position...position, with: Array("é".utf8))
        #expect(text(whole) == .success(String(decoding: whole, as: UTF8.self)))
      }
    }
  }

  private func text(_ bytes: [UInt8]) -> Result<String, WireError> {
    reading([UInt8(bytes.count)] + bytes) { (reader) throws(WireError) in
      var second = reader
      let text = try reader.string()
      let isSame = try second.utf8().elementsEqual(text.utf8)
      return isSame && reader.isAtEnd ? text : "another"
    }
  }
}
