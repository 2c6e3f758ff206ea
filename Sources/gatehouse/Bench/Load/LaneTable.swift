/// Which lanes of a connection wait for an answer, and since when what they do has begun.
///
/// A stream's number tells its lane, by its low bits; the next one of a lane is the smallest number above all before
/// that has these. Answers that come in the order of their calls leave hardly a gap, and none needs to be looked for.
struct LaneTable {
  private struct Lane {
    /// The stream that it waits for; 0 when it waits for none.
    var stream: UInt32 = 0
    /// In nanoseconds.
    var begun: UInt64 = 0
  }

  private var lanes: [Lane]
  private let mask: UInt32
  private var lastStream: UInt32 = 0
  /// Lanes that wait.
  private(set) var waiting = 0

  /// - Parameter count: how many lanes there are, 1 to 2^20.
  init(count: Int) {
    lanes = [Lane](repeating: Lane(), count: count)
    var size: UInt32 = 1
    while size < count { size <<= 1 }
    mask = size - 1
  }

  /// Begins a call on a lane that waits for none.
  ///
  /// - Parameter begun: what ``end(_:)`` tells again.
  /// - Returns: its stream; nil when the connection has used up its numbers.
  mutating func begin(_ lane: Int, begun: UInt64) -> UInt32? {
    let low = UInt32(truncatingIfNeeded: lane)
    var stream = lastStream & ~mask | low
    if stream <= lastStream {
      guard stream < UInt32.max - mask else { return nil }
      stream += mask + 1
    }
    lastStream = stream
    lanes[lane] = Lane(stream: stream, begun: begun)
    waiting += 1
    return stream
  }

  /// Ends a call.
  ///
  /// - Returns: its lane and when it had begun; nil when no lane waits for that stream.
  mutating func end(_ stream: UInt32) -> (lane: Int, begun: UInt64)? {
    let lane = Int(stream & mask)
    guard lane < lanes.count, stream != 0, lanes[lane].stream == stream else { return nil }
    lanes[lane].stream = 0
    waiting -= 1
    return (lane, lanes[lane].begun)
  }

  /// When what each waiting lane does has begun.
  var begunOfWaiting: [UInt64] { lanes.filter { $0.stream != 0 }.map(\.begun) }

  /// A new connection: nothing waits, and numbers begin again.
  mutating func reset() {
    for lane in lanes.indices { lanes[lane].stream = 0 }
    waiting = 0
    lastStream = 0
  }
}
