internal import Synchronization

/// Joins a task's cancellation, which may come at any time, with the stream of its call, known only once it has begun.
final class CallCancellation: Sendable {
  private struct State {
    var stream: UInt32?
    var isCancelled = false
  }

  private let link: ClientLink
  private let state = Mutex(State())

  init(_ link: ClientLink) {
    self.link = link
  }

  func isAbout(_ stream: UInt32) {
    let isCancelled = state.withLock { state in
      state.stream = stream
      return state.isCancelled
    }
    if isCancelled { link.abandon(stream, .cancelledHere) }
  }

  func cancel() {
    let stream = state.withLock { state in
      state.isCancelled = true
      return state.stream
    }
    if let stream { link.abandon(stream, .cancelledHere) }
  }
}
