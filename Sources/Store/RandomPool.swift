internal import System

/// Random words from the system's source, fetched many at a time: a system call for each would cost more than all else
/// that a creation does.
struct RandomPool: RandomNumberGenerator {
  /// Words fetched at a time: one page.
  private static var size: Int { 512 }

  /// In place: an array would be asked with each word whether it is shared.
  private var words = InlineArray<512, UInt64>(repeating: 0)
  private var cursor = size
  /// What is left of a word for those who need a few bits: the lowest ``restBits``, with nothing above.
  private var rest: UInt64 = 0
  private var restBits: UInt64 = 0

  /// A random word, handed out once.
  mutating func next() -> UInt64 {
    if cursor == Self.size { refill() }
    let word = words[cursor]
    // What was handed out does not stay in memory.
    words[cursor] = 0
    cursor &+= 1
    return word
  }

  /// A random number of so many bits, 1 to 63: a word serves several.
  mutating func next(bits: UInt64) -> UInt64 {
    precondition(bits > 0 && bits < 64)
    if restBits < bits {
      rest = next()
      restBits = 64
    }
    defer {
      rest &>>= bits
      restBits &-= bits
    }
    return rest & (1 &<< bits &- 1)
  }

  @inline(never)
  private mutating func refill() {
    withUnsafeMutableBytes(of: &words) { SystemRandom.fill($0) }
    cursor = 0
  }
}
