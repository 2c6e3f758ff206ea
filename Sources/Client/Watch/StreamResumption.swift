internal import RPC

/// Whether and when a stream that was interrupted is asked for again. A value: it waits for nothing.
struct StreamResumption: Sendable {
  enum Interruption: Equatable {
    /// The server ended it well.
    case ended
    case failed(GatehouseError)
    /// A message came that is none.
    case unreadable(GatehouseError)
  }

  enum Decision: Equatable {
    /// Ask again after so many nanoseconds.
    case again(after: UInt64)
    case end(GatehouseError)
  }

  /// So many messages that are none, with nothing handed out in between, are the end: they are not the network's fault.
  private static let mostUnreadable = 5

  private var backoff: Backoff
  private var unreadable = 0

  init(_ settings: ClientSettings) {
    backoff = Backoff(settings)
  }

  /// A message came that is one.
  mutating func reset() {
    backoff.reset()
    unreadable = 0
  }

  /// How long to wait before it is asked for again, whatever the reason.
  mutating func pause(using random: inout some RandomNumberGenerator) -> UInt64 { backoff.pause(using: &random) }

  mutating func decide(after interruption: Interruption, using random: inout some RandomNumberGenerator) -> Decision {
    switch interruption {
    case .ended:
      return .again(after: backoff.pause(using: &random))
    case .unreadable(let failure):
      unreadable += 1
      return unreadable < Self.mostUnreadable ? .again(after: backoff.pause(using: &random)) : .end(failure)
    case .failed(let failure):
      if failure.code == .unavailable { return .again(after: backoff.pause(using: &random)) }
      guard failure.code == .resourceExhausted, let least = failure.retryAfter?.nanoseconds else {
        return .end(failure)
      }
      return .again(after: max(backoff.pause(using: &random), least))
    }
  }
}
