internal import EventLoop
internal import RPC
internal import System

/// A server on a port of its own that remembers how its connections ended.
final class TestServer {
  struct State {
    var opened = 0
    var closed: [ClosingReason] = []
    var turnedAway = 0
  }

  let handler = TestHandler()
  let events = Monitor(State())
  let server: Server
  let address: SocketAddress

  init(_ configure: (inout ServerConfiguration) -> Void = { _ in }) throws {
    var configuration = ServerConfiguration(address: .loopback(port: 0))
    configure(&configuration)
    let events = events
    configuration.observer = { event in
      events.withLock { state in
        switch event {
        case .opened: state.opened += 1
        case .closed(_, let reason): state.closed.append(reason)
        case .turnedAway: state.turnedAway += 1
        case .acceptPaused, .failed: break
        }
      }
      events.broadcast()
    }
    server = try Server(configuration, handler: handler)
    address = try server.start()
  }

  deinit {
    server.stop()
  }

  /// Waits until so many connections have ended.
  func closed(_ count: Int) -> [ClosingReason]? {
    wait(events) { $0.closed.count >= count ? $0.closed : nil }
  }

  /// Waits for what is certain to come, but not for ever.
  func wait<State, Result>(_ monitor: Monitor<State>, until body: (inout State) -> Result?) -> Result? {
    monitor.wait(deadline: MonotonicClock.now() + UInt64(TestPeer.patience) * 1_000_000, until: body)
  }
}
