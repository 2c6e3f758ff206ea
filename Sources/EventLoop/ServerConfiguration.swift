public import RPC
public import System

/// What a ``Server`` is given at its start.
public struct ServerConfiguration: Sendable {
  /// Where to listen.
  public var address: SocketAddress
  /// How many loops share the connections, each a thread; 1 to 64.
  public var loops = 1
  /// How many connections are taken at once, over all loops; one more is told so and closed.
  public var maxConnections = 10_000
  /// What each connection may do.
  public var limits = ServerLimits()
  /// How many calls each loop lets its handler have at once, over all its connections, those that have gone included.
  public var maxCallsInFlight = 1 << 17
  /// Past so many bytes that wait to be sent on a connection the server stops reading from it.
  public var maxQueuedBytes = 1 << 20
  /// Past so many bytes that wait to be sent on a connection its streams are not asked for more.
  public var streamQueuedBytes = 256 << 10
  /// Within this time a client says hello, and whoever begins a frame ends it. In nanoseconds.
  public var helloTimeout: UInt64 = 10 * nanosecondsASecond
  /// A frame that has begun ends within this time, in nanoseconds: a megabyte over a slow line.
  public var frameTimeout: UInt64 = 30 * nanosecondsASecond
  /// A connection that is silent for so long, in nanoseconds, is sent a ping.
  public var keepaliveInterval: UInt64 = 20 * nanosecondsASecond
  /// A connection that is silent for so long, in nanoseconds, pings unanswered, is closed. Who does not read answers no
  /// ping, and costs nothing: so there is time enough for a watcher that stops for a minute or two.
  public var idleTimeout: UInt64 = 180 * nanosecondsASecond
  /// How long the peer has to close its side after the server has closed its own, in nanoseconds: what it still sends
  /// must be read, or the last answers would be lost.
  public var lingerTimeout: UInt64 = nanosecondsASecond
  /// "name/version"
  public var agent = "gatehouse"
  /// Names the history that is served: 16 bytes, or none.
  public var storeID: [UInt8] = []
  /// Told what happens; from the loops' threads, so it must not block.
  public var observer: @Sendable (ServerEvent) -> Void = { _ in }

  public init(address: SocketAddress) {
    self.address = address
  }

  var hello: ServerHello {
    ServerHello(
      agent: agent, storeID: storeID, maxFrameBytes: limits.maxFrameBytes, maxStreams: limits.maxStreams,
      idleTimeoutMilliseconds: Int(clamping: idleTimeout / 1_000_000))
  }
}

let nanosecondsASecond: UInt64 = 1_000_000_000
