internal import RPC
internal import Synchronization

/// Where workers and the store leave what they have for a stream: one delivery at a time, for the stream asks for one
/// at a time.
final class Inbox<Delivery: Sendable>: Sendable {
  private struct State {
    var delivery: Delivery?
    var isClosed = false
  }

  private let state = Mutex(State())

  func take() -> Delivery? {
    state.withLock { state in
      let delivery = state.delivery
      state.delivery = nil
      return delivery
    }
  }

  /// Leaves a delivery, unless the stream has ended, and asks the stream again.
  func put(_ delivery: Delivery, waking waker: StreamWaker) {
    let isOpen = state.withLock { state in
      if !state.isClosed { state.delivery = delivery }
      return !state.isClosed
    }
    if isOpen { waker.wake() }
  }

  func close() {
    state.withLock { $0 = State(isClosed: true) }
  }
}
