extension Schema {
  /// Reads proto files and everything that they import.
  ///
  /// - Parameters:
  ///   - paths: the files, as they would be imported.
  ///   - read: the bytes of a file by its path, or nil when there is none.
  /// - Throws: the first error found.
  public static func compile(_ paths: [String], read: @escaping (String) -> [UInt8]?) throws(ProtoError) -> Schema {
    var loader = Loader(read: read)
    for path in paths {
      try loader.load(path, from: SourceLocation(file: path, line: 1, column: 1), importers: [])
    }
    return try Linker(loader.files).schema()
  }

  private struct Loader {
    let read: (String) -> [UInt8]?
    /// A file stands behind those that it imports.
    var files: [FileSyntax] = []
    private var loaded: Set<String> = []

    init(read: @escaping (String) -> [UInt8]?) {
      self.read = read
    }

    /// - Parameter importers: the files that lead here, outermost first.
    mutating func load(_ path: String, from location: SourceLocation, importers: [String]) throws(ProtoError) {
      guard !importers.contains(path) else {
        let circle = (importers.drop { $0 != path } + [path]).joined(separator: " -> ")
        throw ProtoError(location, "the import makes a circle: \(circle)")
      }
      guard loaded.insert(path).inserted else { return }
      guard let bytes = read(path) else {
        throw ProtoError(location, "there is no file '\(path)'")
      }
      let file = try Parser.parse(bytes, path: path)
      var imported: Set<String> = []
      for line in file.imports {
        guard imported.insert(line.path).inserted else {
          throw ProtoError(line.location, "'\(line.path)' was imported before")
        }
        try load(line.path, from: line.location, importers: importers + [path])
      }
      files.append(file)
    }
  }
}
