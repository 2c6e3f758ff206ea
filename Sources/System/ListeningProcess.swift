internal import Glibc

/// Which process of this machine listens on a port, as `/proc` tells.
public enum ListeningProcess {
  /// Tables of sockets; one line each.
  private static let tables = ["/proc/net/tcp", "/proc/net/tcp6"]
  private static let greatestTable = 64 << 20

  /// The only process that has a listening socket of this port; nil when there is none, there are several, or the
  /// process is somebody else's, whose descriptors may not be looked at.
  public static func find(port: UInt16) -> Int32? {
    var inodes: Set<String> = []
    for table in tables {
      guard let text = try? InputFile.read(table, limit: greatestTable) else { continue }
      inodes.formUnion(Self.inodes(listeningOn: port, in: String(decoding: text, as: UTF8.self)))
    }
    guard !inodes.isEmpty, let names = try? LinuxFileSystem().list("/proc") else { return nil }
    let sockets = Set(inodes.map { "socket:[\($0)]" })
    let found = names.compactMap { Int32($0) }.filter { process in
      let folder = "/proc/\(process)/fd"
      let descriptors = (try? LinuxFileSystem().list(folder)) ?? []
      return descriptors.contains { target(of: "\(folder)/\($0)").map(sockets.contains) ?? false }
    }
    return found.count == 1 ? found[0] : nil
  }

  /// The numbers of the sockets that listen on a port, in what `/proc/net/tcp` says: after a line of titles one of each
  /// socket, with the local address and port in hexadecimal digits, the state, and as the tenth field the number.
  static func inodes(listeningOn port: UInt16, in table: String) -> Set<String> {
    let listening = "0A"
    var found: Set<String> = []
    for line in table.split(separator: "\n").dropFirst() {
      let fields = line.split(separator: " ")
      guard fields.count > 9, fields[3] == listening, let colon = fields[1].lastIndex(of: ":"),
        UInt16(fields[1][fields[1].index(after: colon)...], radix: 16) == port
      else { continue }
      found.insert(String(fields[9]))
    }
    return found
  }

  /// Where a symbolic link leads; nil where that cannot be told.
  private static func target(of link: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: 256)
    let count = buffer.withUnsafeMutableBytes { bytes in
      readlink(link, bytes.baseAddress.unsafelyUnwrapped.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }
}
