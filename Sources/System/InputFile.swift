internal import Glibc

/// A file that is read whole, once.
public enum InputFile {
  /// All bytes of a file ("-" is standard input), at most `limit` of them; EFBIG when there are more.
  public static func read(_ path: String, limit: Int) throws(SystemError) -> [UInt8] {
    let file = path == "-" ? StandardStream.input.rawValue : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw SystemError(code: errno, operation: "open") }
    defer { if path != "-" { close(file) } }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count == 0 { return bytes }
      if count < 0 {
        if errno == EINTR { continue }
        throw SystemError(code: errno, operation: "read")
      }
      bytes += buffer[..<count]
      guard bytes.count <= limit else { throw SystemError(code: EFBIG, operation: "read") }
    }
  }
}
