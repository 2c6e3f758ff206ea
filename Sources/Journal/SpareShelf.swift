internal import System

/// Keeps a segment ready, so that the log goes on without waiting for zeros to be written.
///
/// ``prepare()`` fills it, on a thread of its own or wherever a test calls it; ``take()`` empties it. One at most is on
/// it: by the time a segment is full the next one has long been made.
final class SpareShelf: Sendable {
  private struct Shelf {
    var spares: [SpareSegment]
    var nextNumber: UInt64
    /// Bytes of all segments that there are.
    var logBytes: Int
    /// Whether somebody makes segments beside the one who takes them.
    var isAttended = false
    var isStopping = false
    /// Why the last attempt to make one failed.
    var failure: JournalError?
    /// Since when attempts fail, in microseconds since the Unix epoch.
    var failingSince: Int64?
  }

  private enum Taking {
    case ready(SpareSegment)
    case failed(JournalError)
    case mustMake
  }

  /// How many segments are kept ready.
  private static let wanted = 1
  /// How long to wait for there to be room again, in nanoseconds.
  private static let noSpaceRetry: UInt64 = 500_000_000

  private let maker: SegmentMaker
  private let sizes: SegmentSizes
  private let shelf: Monitor<Shelf>

  /// - Parameters:
  ///   - spares: those that are there already, in the order of their numbers.
  ///   - nextNumber: of the next one to be made.
  ///   - logBytes: bytes of all segments that there are.
  init(maker: SegmentMaker, spares: [SpareSegment], nextNumber: UInt64, logBytes: Int, sizes: SegmentSizes) {
    self.maker = maker
    self.sizes = sizes
    shelf = Monitor(Shelf(spares: spares, nextNumber: nextNumber, logBytes: logBytes))
  }

  /// Whether there is no room on the disk for the next segment.
  var lacksSpace: Bool { shelf.withLock { $0.failure?.kind == .noSpace } }

  /// Since when there is no room on the disk for the next segment, in microseconds since the Unix epoch; nil when there
  /// is.
  var lacksSpaceSince: Int64? { shelf.withLock { $0.failure?.kind == .noSpace ? $0.failingSince : nil } }

  /// A segment to use next. Waits for one when none is ready, or makes it when nobody else does.
  func take() throws(JournalError) -> SpareSegment {
    let taking = shelf.wait { shelf -> Taking? in
      if !shelf.spares.isEmpty { return .ready(shelf.spares.removeFirst()) }
      // Lack of room passes; anything else does not.
      if let failure = shelf.failure, failure.kind != .noSpace { return .failed(failure) }
      return shelf.isAttended && !shelf.isStopping ? nil : .mustMake
    }
    switch taking {
    case .ready(let spare):
      shelf.broadcast()
      return spare
    case .failed(let failure): throw failure
    case .mustMake: return try make()
    }
  }

  /// Makes segments until there are as many as wanted.
  func prepare() throws(JournalError) {
    while shelf.withLock({ $0.spares.count < Self.wanted }) {
      let spare = try make()
      shelf.withLock { shelf in
        shelf.spares.append(spare)
        shelf.failure = nil
        shelf.failingSince = nil
      }
      shelf.broadcast()
    }
  }

  private func make() throws(JournalError) -> SpareSegment {
    let (number, bytes) = shelf.withLock { ($0.nextNumber, sizes.next(logBytes: $0.logBytes)) }
    let spare = try maker.make(number, fileBytes: bytes)
    shelf.withLock { shelf in
      shelf.nextNumber += 1
      shelf.logBytes += bytes
    }
    return spare
  }

  /// What a thread does that keeps the shelf full, until ``stop()``. Lack of room is waited for.
  ///
  /// - Throws: what else keeps segments from being made.
  func attend() throws(JournalError) {
    while true {
      let goesOn = shelf.wait { shelf -> Bool? in
        if shelf.isStopping { return false }
        return shelf.spares.count < Self.wanted ? true : nil
      }
      guard goesOn else { return }
      do {
        try prepare()
      } catch {
        shelf.withLock { shelf in
          shelf.failure = error
          shelf.failingSince = shelf.failingSince ?? WallClock.now()
        }
        shelf.broadcast()
        guard error.kind == .noSpace else { throw error }
        _ = shelf.wait(deadline: MonotonicClock.now() + Self.noSpaceRetry) { $0.isStopping ? true : nil }
      }
    }
  }

  /// Notes that there was no room for a segment, before anybody attends to it.
  func didLackSpace(_ failure: JournalError) {
    shelf.withLock { shelf in
      shelf.failure = failure
      shelf.failingSince = WallClock.now()
    }
  }

  /// To be called before a thread begins to ``attend()``.
  func willBeAttended() {
    shelf.withLock { $0.isAttended = true }
  }

  func stop() {
    shelf.withLock { $0.isStopping = true }
    shelf.broadcast()
  }
}

/// How long segments are made: as long as the log before them, within bounds. So a small store stays small, however
/// often it is started, and has little to make and to read at a start.
struct SegmentSizes {
  /// Bytes of the first segment, and of the longest.
  var first: Int
  var longest: Int

  /// - Parameter logBytes: bytes of all segments that there are.
  func next(logBytes: Int) -> Int {
    guard logBytes < longest else { return longest }
    var bytes = first
    while bytes <= logBytes / 2 { bytes *= 2 }
    return min(bytes, longest)
  }
}
