/// Walks over the headers of a tar archive.
struct TarHeaders {
  enum Failure: Error {
    case system(SystemError)
    case problem(TarFileSystem.Problem)
  }

  /// A regular file in the archive.
  struct Header {
    /// Its path, without "./" in front.
    var name: String
    /// Where its contents begin.
    var offset: Int
    var bytes: Int
  }

  /// Archives are made of records of this many bytes.
  private static let recordBytes = 512

  private let archive: any File
  private let archiveBytes: Int
  private var offset = 0

  init(_ archive: any File, bytes: Int) {
    self.archive = archive
    archiveBytes = bytes
  }

  /// The next regular file; nil at the end of the archive. Everything else, such as directories, is passed over.
  mutating func next() throws(Failure) -> Header? {
    while true {
      let start = offset
      guard let record = try record() else { return nil }
      guard record.contains(where: { $0 != 0 }) else { return nil }
      guard Self.checksum(record) == Self.number(record[148..<156]) else {
        throw .problem(TarFileSystem.Problem(offset: start, description: "is no tar archive, or damaged"))
      }
      guard let bytes = Self.number(record[124..<136]), bytes <= archiveBytes - offset else {
        throw .problem(TarFileSystem.Problem(offset: start, description: "a file in it is longer than the archive"))
      }
      let contents = offset
      offset += min((bytes + Self.recordBytes - 1) / Self.recordBytes * Self.recordBytes, archiveBytes - offset)
      let type = record[156]
      guard type == UInt8(ascii: "0") || type == 0 else { continue }
      return Header(name: Self.name(record), offset: contents, bytes: bytes)
    }
  }

  private mutating func record() throws(Failure) -> [UInt8]? {
    guard offset < archiveBytes else { return nil }
    var record = [UInt8](repeating: 0, count: Self.recordBytes)
    let result = record.withUnsafeMutableBytes { bytes in
      Result { () throws(SystemError) in try archive.read(into: bytes, at: offset) }
    }
    switch result {
    case .failure(let error): throw .system(error)
    case .success(Self.recordBytes): break
    case .success:
      throw .problem(TarFileSystem.Problem(offset: offset, description: "the archive ends within a header"))
    }
    offset += Self.recordBytes
    return record
  }

  /// The sum of all bytes, those of the checksum itself taken for spaces.
  private static func checksum(_ record: [UInt8]) -> Int {
    record.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 32 : Int(record[$1])) }
  }

  /// Octal digits, or, with the highest bit set, a big-endian number; nil when it is neither or too large.
  private static func number(_ field: ArraySlice<UInt8>) -> Int? {
    if let first = field.first, first & 0x80 != 0 {
      let bytes = [first & 0x7F] + field.dropFirst()
      guard bytes.dropLast(7).allSatisfy({ $0 == 0 }) else { return nil }
      return bytes.suffix(7).reduce(0) { $0 << 8 | Int($1) }
    }
    let digits = field.drop { $0 == 32 }.prefix { $0 != 0 && $0 != 32 }
    guard digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  private static func name(_ record: [UInt8]) -> String {
    func text(_ range: Range<Int>) -> String { String(decoding: record[range].prefix { $0 != 0 }, as: UTF8.self) }
    let isUstar = record[257..<262].elementsEqual("ustar".utf8)
    let prefix = isUstar && record[262] == 0 ? text(345..<500) : ""
    let name = prefix.isEmpty ? text(0..<100) : prefix + "/" + text(0..<100)
    return name.hasPrefix("./") ? String(name.dropFirst(2)) : name
  }
}
