internal import Synchronization

/// Where the durable part of the log lies: found by revision. Any thread.
///
/// Holds one entry a segment and at most one for each 64 KiB of log.
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
    /// Where its durable blocks end.
    var end: Int
    /// The last revision in it or before it.
    var lastRevision: UInt64
    var marks: [Mark] = []
  }

  /// Where to begin to read.
  struct Place {
    var segment: UInt64
    var offset: Int
    /// Where the durable blocks of the segment end.
    var end: Int
  }

  private struct State {
    var segments: [Segment] = []
    var end: LogPlace
  }

  private let state: Mutex<State>

  /// An empty log behind `base`.
  init(base: LogHead) {
    state = Mutex(State(end: LogPlace(segment: 0, offset: Format.segmentHeaderBytes, head: base)))
  }

  /// Right behind the last durable block.
  var end: LogPlace { state.withLock { $0.end } }

  /// Oldest first; the last one is being written.
  var segments: [Segment] { state.withLock { $0.segments } }

  /// Adds a segment that the log goes on in.
  func add(segment number: UInt64) {
    state.withLock { state in
      state.segments.append(
        Segment(number: number, end: Format.segmentHeaderBytes, lastRevision: state.end.head.revision))
      state.end.segment = number
      state.end.offset = Format.segmentHeaderBytes
    }
  }

  /// Adds a block to the last segment, once it is durable.
  func add(_ header: BlockHeader, chain: UInt64) {
    state.withLock { state in
      let last = state.segments.count - 1
      let offset = Int(header.offset)
      if (state.segments[last].marks.last?.offset).map({ offset - $0 >= Self.markDistance }) ?? true {
        state.segments[last].marks.append(Mark(revision: header.firstRevision, offset: offset))
      }
      state.segments[last].end = offset + header.blockBytes
      state.segments[last].lastRevision = header.lastRevision
      state.end = LogPlace(
        segment: header.segment, offset: offset + header.blockBytes,
        head: LogHead(sequence: header.sequence, revision: header.lastRevision, chain: chain))
    }
  }

  /// A place at or before the block that holds `revision`; nil when no durable block does.
  func place(of revision: UInt64) -> Place? {
    state.withLock { state in
      let segments = state.segments
      let index = segments.partitioningIndex { $0.lastRevision >= revision }
      guard index < segments.count else { return nil }
      let segment = segments[index]
      let mark = segment.marks.partitioningIndex { $0.revision > revision }
      guard mark > 0 else { return Place(segment: segment.number, offset: Format.segmentHeaderBytes, end: segment.end) }
      return Place(segment: segment.number, offset: segment.marks[mark - 1].offset, end: segment.end)
    }
  }

  /// The start of the segment behind that one; nil when it is the last.
  func start(after number: UInt64) -> Place? {
    state.withLock { state in
      let segments = state.segments
      let index = segments.partitioningIndex { $0.number > number }
      guard index < segments.count else { return nil }
      return Place(segment: segments[index].number, offset: Format.segmentHeaderBytes, end: segments[index].end)
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
