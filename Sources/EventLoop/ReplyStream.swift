internal import RPC

/// A streaming call: its source and what it waits for. Confined to the loop's thread.
final class ReplyStream {
  enum Waiting {
    /// In the loop's list of those to ask.
    case forItsTurn
    /// Among the loop's idle ones: the source had nothing; or, since they were all woken, in the list of those to ask.
    case forAWake
    /// The client has granted no more messages.
    case forCredit
    /// The connection has enough to send.
    case forRoom
    case ended
  }

  let connection: Connection
  let stream: UInt32
  let slot: Int
  let source: any ReplySource
  /// In nanoseconds of the monotonic clock; `UInt64.max` is none.
  let deadline: UInt64
  var waiting = Waiting.forItsTurn
  /// Where it is among the loop's idle ones, and since which wake of all: see ``IdleStreams``.
  var idleIndex = 0
  var idleSince: UInt64 = 0
  /// When an idle source wants to be asked again.
  var wakesAt: UInt64 = .max
  /// The earliest time that is in the loop's timers for it.
  var timerAt: UInt64 = .max

  init(connection: Connection, stream: UInt32, slot: Int, source: any ReplySource, deadline: UInt64) {
    self.connection = connection
    self.stream = stream
    self.slot = slot
    self.source = source
    self.deadline = deadline
  }
}

@available(*, unavailable)
extension ReplyStream: Sendable {}
