internal import Glibc

/// A directory of this process's own, for its user only, gone with everything in it when the value goes.
public struct TemporaryDirectory: ~Copyable {
  public let path: String

  /// Makes one below `TMPDIR` or `/tmp`, its name beginning with `prefix`.
  public init(prefix: String) throws(SystemError) {
    let parent = CurrentProcess.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(parent)/\(prefix)XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw SystemError(code: errno, operation: "mkdtemp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    Self.remove(path)
  }

  /// Removes what can be removed of a file or directory; symbolic links are removed, never followed.
  public static func remove(_ path: String) {
    guard unlink(path) != 0, errno == EISDIR else { return }
    if let directory = opendir(path) {
      while let entry = readdir(directory) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { remove("\(path)/\(name)") }
      }
      closedir(directory)
    }
    rmdir(path)
  }
}
