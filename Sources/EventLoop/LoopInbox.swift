internal import RPC
internal import Synchronization
internal import System

/// What other threads, and the handler on the loop's own, leave for a loop.
///
/// Bounds: replies by the calls that the handler has (`maxCallsInFlight`), sockets by `maxConnections`, wakes by
/// ``greatestWakes``, orders by the few that a server gives.
final class LoopInbox: ReplySink {
  /// What the server tells a loop.
  enum Order: Sendable {
    /// Take no more calls, end what is open, be gone by `deadline` (nanoseconds of the monotonic clock).
    case drain(deadline: UInt64)
    /// End the connections of these callers, saying why.
    case expel(Set<CallerID>, Status)
    case stop
  }

  struct Wake: Sendable {
    let connection: ConnectionID
    let stream: UInt32
  }

  struct Contents: Sendable {
    var replies: [ReplyBatch] = []
    var wakes: [Wake] = []
    var wakesAll = false
    /// Descriptors of sockets that another loop has accepted.
    var sockets: [Int32] = []
    var orders: [Order] = []

    var isEmpty: Bool { replies.isEmpty && wakes.isEmpty && !wakesAll && sockets.isEmpty && orders.isEmpty }
  }

  private struct State {
    var contents = Contents()
    /// Whether the loop waits in the kernel, or is about to: whoever leaves something then rings.
    var isAsleep = false
  }

  /// More single wakes than this become one wake of all.
  private static let greatestWakes = 1024

  private let state = Mutex(State())
  private let bell: EventCounter

  init() throws(SystemError) {
    bell = try EventCounter()
  }

  /// What rings when the loop has to wake up.
  var bellDescriptor: Int32 { bell.rawValue }

  // MARK: Any thread

  func deliver(_ replies: ReplyBatch) {
    leave { $0.replies.append(replies) }
  }

  func wakeStreams() {
    leave { contents in
      contents.wakesAll = true
      contents.wakes.removeAll(keepingCapacity: true)
    }
  }

  func wakeStream(_ stream: UInt32, of connection: ConnectionID) {
    leave { contents in
      guard !contents.wakesAll else { return }
      guard contents.wakes.count < LoopInbox.greatestWakes else {
        contents.wakesAll = true
        contents.wakes.removeAll(keepingCapacity: true)
        return
      }
      contents.wakes.append(Wake(connection: connection, stream: stream))
    }
  }

  func adopt(_ socket: consuming Socket) {
    let descriptor = socket.release()
    leave { $0.sockets.append(descriptor) }
  }

  func order(_ order: Order) {
    leave { $0.orders.append(order) }
  }

  private func leave(_ add: (inout Contents) -> Void) {
    let rings = state.withLock { state in
      add(&state.contents)
      defer { state.isAsleep = false }
      return state.isAsleep
    }
    if rings { bell.signal() }
  }

  // MARK: The loop's thread

  /// Swaps what was left with `empty`. From here on until ``fallAsleep()`` nobody rings.
  func take(_ empty: inout Contents) {
    state.withLock { state in
      swap(&state.contents, &empty)
      state.isAsleep = false
    }
  }

  /// - Returns: false when something was left meanwhile: the loop must not wait.
  func fallAsleep() -> Bool {
    state.withLock { state in
      state.isAsleep = state.contents.isEmpty
      return state.isAsleep
    }
  }
}
