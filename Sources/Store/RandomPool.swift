internal import System

/// Random words from the system's source, fetched many at a time: a system call for each would cost more than all else
/// that a creation does.
struct RandomPool: RandomNumberGenerator {
  /// Words fetched at a time: one page.
  private static var size: Int { 512 }

  private var words = [UInt64](repeating: 0, count: size)
  private var cursor = size

  /// A random word, handed out once.
  mutating func next() -> UInt64 {
    if cursor == Self.size {
      words.withUnsafeMutableBytes { SystemRandom.fill($0) }
      cursor = 0
    }
    defer {
      // What was handed out does not stay in memory.
      words[cursor] = 0
      cursor += 1
    }
    return words[cursor]
  }
}
