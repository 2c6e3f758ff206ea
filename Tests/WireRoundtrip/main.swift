// Answers, on standard output, for each case on standard input how our decoder takes it. `differential.py` drives it.
//
// Case:   length of name (1 byte), name, length of message (4 bytes, little-endian), message.
// Answer: 0 accepted, 1 refused, 2 unknown name (1 byte); length (4 bytes, little-endian); the message encoded again,
//         or the error's name.
internal import Glibc
internal import ProtobufWire

/// Standard input, as far as it was read.
struct Input {
  private var bytes: [UInt8] = []
  private var start = 0

  /// The next `count` bytes, or nil at the end of the input.
  mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
    while bytes.count - start < count {
      if start > 0 {
        bytes.removeFirst(start)
        start = 0
      }
      var chunk = [UInt8](repeating: 0, count: 1 << 16)
      let got = read(STDIN_FILENO, &chunk, chunk.count)
      guard got > 0 else { return nil }
      bytes += chunk[..<got]
    }
    defer { start += count }
    return bytes[start..<start + count]
  }

  mutating func takeLength() -> Int? {
    take(4).map { Int($0.reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }) }
  }
}

func answer(_ kind: UInt8, _ bytes: [UInt8], into output: inout WireWriter) {
  output.append(kind)
  output.fixed32(UInt32(bytes.count))
  bytes.withUnsafeBytes { output.append($0) }
}

func send(_ output: inout WireWriter) {
  output.withUnsafeBytes { bytes in
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = write(STDOUT_FILENO, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
      guard sent > 0 else { exit(1) }
      rest = rest.dropFirst(sent)
    }
  }
  output.removeAll()
}

/// Answers are sent in pieces of about this many bytes; an empty name asks for what is left.
let greatestOutput = 1 << 16
var input = Input()
var output = WireWriter()
while let nameLength = input.take(1)?.first {
  guard nameLength > 0 else {
    send(&output)
    continue
  }
  guard let name = input.take(Int(nameLength)).map({ String(decoding: $0, as: UTF8.self) }),
    let length = input.takeLength(), let bytes = input.take(length)
  else { break }
  // In an allocation of its own, so that an address sanitizer sees a read past the end.
  switch Array(bytes).withUnsafeBytes({ Roundtrip.run(name, $0) }) {
  case .encoded(let encoded): answer(0, encoded, into: &output)
  case .refused(let error): answer(1, Array("\(error)".utf8), into: &output)
  case .unknownMessage: answer(2, [], into: &output)
  }
  if output.count > greatestOutput { send(&output) }
}
send(&output)
