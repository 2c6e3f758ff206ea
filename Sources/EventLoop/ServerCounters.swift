internal import Synchronization

/// What a server has done since its start; never running backwards.
public struct ServerCounters: Equatable, Sendable {
  public var connectionsOpened: UInt64 = 0
  public var connectionsClosed: UInt64 = 0
  public var framesReceived: UInt64 = 0
  public var bytesReceived: UInt64 = 0
  public var bytesSent: UInt64 = 0
  /// Unary calls that were handed to the handler.
  public var calls: UInt64 = 0
  /// Streaming calls that were opened.
  public var streams: UInt64 = 0
  /// Answers and stream messages that were sent.
  public var replies: UInt64 = 0
  /// Calls that the connection itself refused.
  public var refusals: UInt64 = 0
  /// Batches of calls that were handed to the handler.
  public var batches: UInt64 = 0

  public init() {}

  /// How many connections are open.
  public var connections: UInt64 { connectionsOpened &- connectionsClosed }

  static func + (left: ServerCounters, right: ServerCounters) -> ServerCounters {
    var sum = left
    for field in fields { sum[keyPath: field] &+= right[keyPath: field] }
    return sum
  }

  private static var fields: [WritableKeyPath<ServerCounters, UInt64>] {
    [
      \.connectionsOpened, \.connectionsClosed, \.framesReceived, \.bytesReceived, \.bytesSent, \.calls, \.streams,
      \.replies, \.refusals, \.batches,
    ]
  }
}

/// The counters of one loop as the other threads see them: published once a turn.
final class PublishedCounters: Sendable {
  private let latest = Mutex(ServerCounters())

  func publish(_ counters: ServerCounters) {
    latest.withLock { $0 = counters }
  }

  func read() -> ServerCounters {
    latest.withLock { $0 }
  }
}
