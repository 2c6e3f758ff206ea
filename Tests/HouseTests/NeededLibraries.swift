internal import Foundation

/// The shared libraries that a 64-bit little-endian ELF program asks the loader for: its `DT_NEEDED` entries (System V
/// ABI, chapter 5, "Dynamic Section").
struct NeededLibraries {
  struct NotAnELFProgram: Error {}

  let names: [String]

  init(of program: Data) throws {
    let bytes = [UInt8](program)
    func integer(_ offset: Int, _ size: Int) throws -> Int {
      guard offset >= 0, offset + size <= bytes.count else { throw NotAnELFProgram() }
      return (0..<size).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
    }
    guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]) else { throw NotAnELFProgram() }
    let (sections, entrySize, count) = (try integer(0x28, 8), try integer(0x3A, 2), try integer(0x3C, 2))
    var names: [String] = []
    for section in 0..<count {
      let header = sections + section * entrySize
      let isDynamicSection = try integer(header + 4, 4) == 6
      guard isDynamicSection else { continue }
      let (offset, size) = (try integer(header + 0x18, 8), try integer(header + 0x20, 8))
      let strings = try integer(sections + integer(header + 0x28, 4) * entrySize + 0x18, 8)
      for entry in stride(from: offset, to: offset + size, by: 16) where try integer(entry, 8) == 1 {
        let start = strings + (try integer(entry + 8, 8))
        names.append(String(decoding: bytes[start...].prefix { $0 != 0 }, as: UTF8.self))
      }
    }
    self.names = names
  }
}
