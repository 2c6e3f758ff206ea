/// What a path says by itself, without a look at the disk.
public enum PathText {
  /// The path without slashes at its end; "/" stays.
  public static func trimmed(_ path: String) -> String {
    var rest = path[...]
    while rest.utf8.count > 1, rest.hasSuffix("/") { rest.removeLast() }
    return String(rest)
  }

  /// The directory that holds it.
  public static func parent(of path: String) -> String {
    let path = trimmed(path)
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
