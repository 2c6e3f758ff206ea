/// The streams of a loop whose sources had nothing to say, each until it is woken. Bounded by the streams that are
/// open.
///
/// Waking all of them costs nothing for each: a thousand that were touched one by one, far apart in memory as they are,
/// held up the loop for a third of a millisecond at every event that they watched for.
struct IdleStreams {
  /// None is nil.
  private var streams: [ReplyStream?] = []
  /// How often all were woken. Who was idle before the last time is so no more.
  private var wakes: UInt64 = 0

  func contains(_ stream: ReplyStream) -> Bool { stream.waiting == .forAWake && stream.idleSince == wakes }

  /// Takes in a stream that is in no list.
  mutating func insert(_ stream: ReplyStream) {
    stream.waiting = .forAWake
    stream.idleSince = wakes
    stream.idleIndex = streams.count
    streams.append(stream)
  }

  /// - Returns: whether the stream was idle; what it waits for now is the caller's to say.
  mutating func remove(_ stream: ReplyStream) -> Bool {
    guard contains(stream), let last = streams.removeLast() else { return false }
    if last !== stream {
      streams[stream.idleIndex] = last
      last.idleIndex = stream.idleIndex
    }
    return true
  }

  /// All of them are to have a turn.
  mutating func wakeAll(into queue: inout TurnQueue<ReplyStream>) {
    wakes += 1
    queue.append(all: &streams)
  }
}
