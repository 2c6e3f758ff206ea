internal import Synchronization
internal import System

/// The thread of a ``WatcherSet``.
final class WatcherThread: Sendable {
  /// How long the streams may take to begin, in nanoseconds.
  private static let connectTime: UInt64 = 10_000_000_000

  private enum Phase {
    case opening
    case watching
    case ended(CommandFailure?)
  }

  private let phase = Monitor(Phase.opening)
  private let stops = Atomic(false)
  private let measured = Atomic<UInt64>(0)

  /// Starts watchers, and returns when the stream of each has begun.
  init(_ watchers: Int, target: LoadTarget, log: DeliveryRegister) throws(CommandFailure) {
    do {
      try Thread(name: "gh-watchers") { [self] in
        var failure: CommandFailure?
        do throws(CommandFailure) {
          try run(watchers, target, log)
        } catch {
          failure = error
        }
        phase.withLock { $0 = .ended(failure) }
        phase.broadcast()
      }.detach()
    } catch {
      throw CommandFailure(.failure, "no thread can be started: \(error)")
    }
    let failure = phase.wait { phase -> CommandFailure?? in
      switch phase {
      case .opening: nil
      case .watching: .some(nil)
      case .ended(let failure): .some(failure)
      }
    }
    if let failure { throw failure }
  }

  /// Bytes that went over the watchers' connections within the window of the log, about.
  var measuredBytes: UInt64 { measured.load(ordering: .relaxed) }

  /// Ends the watchers, and says what they ended with before.
  func stop() throws(CommandFailure) {
    stops.store(true, ordering: .relaxed)
    let failure = phase.wait { phase -> CommandFailure?? in
      guard case .ended(let failure) = phase else { return nil }
      return .some(failure)
    }
    if let failure { throw failure }
  }

  private func run(_ count: Int, _ target: LoadTarget, _ log: DeliveryRegister) throws(CommandFailure) {
    // Watchers are elsewhere in earnest: neither who writes nor the server is to wait for a processor because of them.
    Thread.yieldToOthers()
    var watchers = WatcherSet(count, target: target, log: log)
    let epoll = try LoadThread.makeEpoll()
    try watchers.connect(watching: epoll)
    let limit = MonotonicClock.now() &+ Self.connectTime
    var isOpening = true
    var before: UInt64 = 0
    while !stops.load(ordering: .relaxed) {
      let events = try LoadThread.wait(epoll, nanoseconds: LoadControl.glance)
      for index in 0..<events { try watchers.handle(epoll.event(index), watching: epoll) }
      let (window, now) = (log.deliveries.withLock { $0.window }, MonotonicClock.now())
      if window.contains(now) {
        measured.store(watchers.bytes &- before, ordering: .relaxed)
      } else if now < window.lowerBound {
        before = watchers.bytes
      }
      guard isOpening else { continue }
      if watchers.opening == 0 {
        isOpening = false
        phase.withLock { $0 = .watching }
        phase.broadcast()
      } else if MonotonicClock.now() > limit {
        throw target.strange("does not begin every watch")
      }
    }
  }
}
