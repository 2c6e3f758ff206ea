internal import Synchronization

/// Where the durable part of the log lies: found by revision. Any thread.
///
/// Holds one entry a segment and at most one for each 64 KiB of log that was written, replayed or read since the start.
final class LogIndex: Sendable {
  /// Bytes of log between two marks at least: what a look-up reads too much at most, but for one block.
  static let markDistance = 64 << 10

  struct Mark {
    /// The first revision of a block.
    var revision: UInt64
    var offset: Int
  }

  struct Segment {
    var number: UInt64
    /// The first revision that it can hold: one more than the last before it.
    var firstRevision: UInt64
    /// Where its durable blocks end.
    var end: Int
    /// The last revision in it or before it.
    var lastRevision: UInt64
    /// nil until somebody has read the segment's blocks: a start passes over what a snapshot stands for.
    var marks: [Mark]?
  }

  /// Where to begin to read.
  struct Place {
    var segment: UInt64
    var offset: Int
    /// Where the durable blocks of the segment end.
    var end: Int
    /// Whether the offset may be far from the revision that was looked up, because the blocks were not read yet.
    var isUnmarked: Bool
  }

  private struct State {
    var segments: [Segment] = []
    var end: LogPlace
    /// Bytes of blocks that were written since the journal was opened.
    var writtenBytes = 0
  }

  private let state: Mutex<State>

  /// An empty log behind `base`.
  init(base: LogHead) {
    state = Mutex(State(end: LogPlace(segment: 0, offset: Format.segmentHeaderBytes, head: base)))
  }

  /// Right behind the last durable block.
  var end: LogPlace { state.withLock { $0.end } }

  /// The end, and how many bytes of blocks were written up to there since the journal was opened.
  var progress: (end: LogPlace, writtenBytes: Int) { state.withLock { ($0.end, $0.writtenBytes) } }

  /// Oldest first; the last one is being written.
  var segments: [Segment] { state.withLock { $0.segments } }

  /// The first revision that can be read.
  var oldestRevision: UInt64 { state.withLock { ($0.segments.first?.firstRevision ?? $0.end.head.revision &+ 1) } }

  /// Adds a segment that the log goes on in.
  func add(segment number: UInt64) {
    state.withLock { state in
      let revision = state.end.head.revision
      state.segments.append(
        Segment(
          number: number, firstRevision: revision &+ 1, end: Format.segmentHeaderBytes, lastRevision: revision,
          marks: []))
      state.end.segment = number
      state.end.offset = Format.segmentHeaderBytes
    }
  }

  /// Adds a sealed segment as the manifest knows it, without its blocks.
  func add(sealed segment: Manifest.Segment) {
    state.withLock { state in
      state.segments.append(
        Segment(
          number: segment.number, firstRevision: state.end.head.revision &+ 1, end: segment.end,
          lastRevision: segment.head.revision))
      state.end = LogPlace(segment: segment.number, offset: segment.end, head: segment.head)
    }
  }

  /// Adds a block to the last segment, once it is durable.
  ///
  /// - Parameter isNew: whether it was written just now, not found there.
  func add(_ header: BlockHeader, chain: UInt64, isNew: Bool) {
    state.withLock { state in
      let last = state.segments.count - 1
      let offset = Int(header.offset)
      if (state.segments[last].marks?.last?.offset).map({ offset - $0 >= Self.markDistance }) ?? true {
        state.segments[last].marks?.append(Mark(revision: header.firstRevision, offset: offset))
      }
      state.segments[last].end = offset + header.blockBytes
      state.segments[last].lastRevision = header.lastRevision
      state.end = LogPlace(
        segment: header.segment, offset: offset + header.blockBytes,
        head: LogHead(sequence: header.sequence, revision: header.lastRevision, chain: chain))
      if isNew { state.writtenBytes += header.blockBytes }
    }
  }

  /// Adds what reading the blocks of a segment has found.
  func mark(segment number: UInt64, _ marks: [Mark]) {
    state.withLock { state in
      guard let index = state.segments.firstIndex(where: { $0.number == number }) else { return }
      state.segments[index].marks = marks
    }
  }

  /// Forgets the segments up to that number.
  func remove(through number: UInt64) {
    state.withLock { $0.segments.removeAll { $0.number <= number } }
  }

  /// A place at or before the block that holds `revision`, or at the oldest block there is; nil when no durable block
  /// is that far.
  func place(of revision: UInt64) -> Place? {
    state.withLock { state in
      let index = state.segments.partitioningIndex { $0.lastRevision >= revision }
      guard index < state.segments.count else { return nil }
      let segment = state.segments[index]
      let marks = segment.marks ?? []
      let mark = marks.partitioningIndex { $0.revision > revision }
      return Place(
        segment: segment.number, offset: mark > 0 ? marks[mark - 1].offset : Format.segmentHeaderBytes,
        end: segment.end, isUnmarked: segment.marks == nil)
    }
  }

  /// The start of the segment behind that one; nil when it is the last.
  func start(after number: UInt64) -> Place? {
    state.withLock { state in
      let index = state.segments.partitioningIndex { $0.number > number }
      guard index < state.segments.count else { return nil }
      let segment = state.segments[index]
      return Place(
        segment: segment.number, offset: Format.segmentHeaderBytes, end: segment.end, isUnmarked: false)
    }
  }
}

extension Array {
  /// The index of the first element that `belongs`, where all behind it do too; the count when none does.
  fileprivate func partitioningIndex(where belongs: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
