internal import Synchronization
internal import System

/// What the threads of a load and who started them tell each other.
final class LoadControl: Sendable {
  private struct State {
    var ready = 0
    var begin: UInt64?
    var finished = 0
    var failure: CommandFailure?
  }

  private let state = Monitor(State())
  private let stops = Atomic(false)
  /// Things that ended so far, for those who watch.
  private let progress = Atomic<UInt64>(0)

  /// How often threads look whether they are to stop, in nanoseconds.
  static let glance: UInt64 = 50_000_000

  // MARK: For the threads

  /// Says that everything is connected, and waits for when to begin.
  ///
  /// - Returns: when, in nanoseconds; nil when another thread has failed.
  func awaitBegin() -> UInt64? {
    state.withLock { $0.ready += 1 }
    state.broadcast()
    return state.wait { state -> UInt64?? in
      if state.failure != nil { return .some(nil) }
      return state.begin.map { .some($0) }
    }
  }

  func finish(_ failure: CommandFailure? = nil) {
    state.withLock { state in
      state.finished += 1
      state.failure = state.failure ?? failure
    }
    state.broadcast()
  }

  /// Whether to end early.
  var isStopping: Bool { stops.load(ordering: .relaxed) }

  func count(_ things: UInt64) {
    progress.add(things, ordering: .relaxed)
  }

  // MARK: For who started them

  var counted: UInt64 { progress.load(ordering: .relaxed) }

  func stop() {
    stops.store(true, ordering: .relaxed)
  }

  /// Waits until so many threads are ready, or one has failed.
  func awaitReady(_ threads: Int) throws(CommandFailure) {
    let failure = state.wait { state -> CommandFailure?? in
      if let failure = state.failure { return .some(failure) }
      return state.ready == threads ? .some(nil) : nil
    }
    if let failure { throw failure }
  }

  func begin(at time: UInt64) {
    state.withLock { $0.begin = time }
    state.broadcast()
  }

  /// Waits until so many threads have finished, but no longer than to `deadline`.
  func awaitFinished(_ threads: Int, deadline: UInt64) throws(CommandFailure) -> Bool {
    let ended = state.wait(deadline: deadline) { state -> CommandFailure?? in
      guard state.finished == threads else { return nil }
      return .some(state.failure)
    }
    if let failure = ended ?? nil { throw failure }
    return ended != nil
  }
}
