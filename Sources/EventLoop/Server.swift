public import RPC
internal import Synchronization
public import System

/// Serves calls over TCP: a listening socket and one or more loops, each a thread.
public final class Server: Sendable {
  /// How many loops a server may have: what a ``ConnectionID`` has room for, and more than pays.
  public static let greatestLoops = 64

  private let configuration: ServerConfiguration
  private let loops: [EventLoop]
  /// How many loops still run.
  private let running = Monitor(0)

  /// - Throws: when the system has no more descriptors to give.
  public init(_ configuration: ServerConfiguration, handler: any CallHandler) throws(SystemError) {
    precondition((1...Server.greatestLoops).contains(configuration.loops), "1 to 64 loops")
    self.configuration = configuration
    let budget = ConnectionBudget(configuration.maxConnections)
    var loops: [EventLoop] = []
    for index in 0..<configuration.loops {
      loops.append(try EventLoop(index: index, configuration: configuration, handler: handler, budget: budget))
    }
    self.loops = loops
  }

  /// Listens, and serves from here on. Called once.
  ///
  /// - Returns: where it listens, with the port that the system chose if none was asked for.
  /// - Throws: EADDRINUSE, EACCES and the like.
  public func start() throws(SystemError) -> SocketAddress {
    let listener = try Listener(on: configuration.address)
    let address = listener.address
    try loops[0].startAccepting(listener, loops: loops)
    for loop in loops {
      running.withLock { $0 += 1 }
      let running = running
      let thread = try Thread(name: "gh-loop-\(loop.index)") {
        loop.run()
        running.withLock { $0 -= 1 }
        running.broadcast()
      }
      thread.detach()
    }
    return address
  }

  /// Ends the connections of callers who may no longer call: their streams with the status given, then with a go-away
  /// that has it, too. Calls that are under way are carried out; nobody hears their answers. Returns at once.
  public func expel(_ callers: Set<CallerID>, _ status: Status) {
    for loop in loops { loop.inbox.order(.expel(callers, status)) }
  }

  /// Stops gracefully: takes no more connections and calls, answers those that it has, ends the streams with
  /// `UNAVAILABLE`, and returns when all connections are closed, at the latest after `grace`.
  ///
  /// - Parameter grace: in nanoseconds.
  public func drain(grace: UInt64) {
    let (deadline, overflow) = MonotonicClock.now().addingReportingOverflow(grace)
    for loop in loops { loop.inbox.order(.drain(deadline: overflow ? .max : deadline)) }
    wait()
  }

  /// Closes everything at once, and returns when the threads have ended.
  public func stop() {
    for loop in loops { loop.inbox.order(.stop) }
    wait()
  }

  private func wait() {
    running.wait { $0 == 0 ? () : nil }
  }

  /// What the server has done since its start, as of each loop's last turn.
  public var counters: ServerCounters {
    loops.reduce(ServerCounters()) { $0 + $1.published.read() }
  }
}
