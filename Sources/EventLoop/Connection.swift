internal import RPC
internal import System

/// One connection of a loop: its socket, its state, what came in and what goes out. Confined to the loop's thread.
final class Connection {
  enum Stage {
    case open
    /// The last is said: what is queued goes out, then the server's side is closed. What comes in is thrown away.
    case finishing
    /// The server's side is closed; the peer's last bytes are awaited.
    case lingering
    case closed
  }

  let id: ConnectionID
  let socket: Socket
  let openedAt: UInt64
  var machine: ServerConnection
  var decoder: FrameDecoder
  var stage = Stage.open
  /// The beginning of a frame whose rest has not come, or frames that wait until the peer reads. Bounded by the greatest
  /// frame plus one read.
  var input = ByteQueue()
  /// What waits to be sent. Bounded: past `maxQueuedBytes` nothing is read that could add to it, but what is open is
  /// still answered.
  var output = ByteQueue()
  /// What the loop's epoll watches the socket for.
  var interest: Epoll.Interest = .readable
  /// Whether reading waits until the peer has taken more of `output`.
  var isPaused = false
  /// Whether it is in the loop's list of those with something to send.
  var isDirty = false
  /// The greatest frame that the client takes.
  var maxReplyFrame = FrameDecoder.greatestFrame
  /// The streams by slot.
  var streams: [ReplyStream?] = []
  /// Whether a stream waits for room in `output`.
  var hasBlockedStreams = false

  // Times, in nanoseconds of the monotonic clock.
  /// When something came in last, or went out while reading was paused.
  var activeAt: UInt64
  /// Since when a frame is incomplete; 0: none is.
  var partialSince: UInt64 = 0
  /// When a ping was sent that nothing has followed; 0: none.
  var pingedAt: UInt64 = 0
  /// When it is closed whatever happens.
  var closesAt: UInt64 = .max
  /// The earliest time that is in the loop's timers for it.
  var checkedAt: UInt64 = .max
  /// Why it ends, once it does.
  var reason = ClosingReason.peerClosed

  init(id: ConnectionID, socket: consuming Socket, limits: ServerLimits, now: UInt64) {
    self.id = id
    self.socket = socket
    openedAt = now
    activeAt = now
    machine = ServerConnection(limits: limits)
    decoder = FrameDecoder(limit: limits.maxFrameBytes)
  }

  /// Whether no call and no stream is open and nothing waits to be sent.
  var isQuiet: Bool { machine.openCount == 0 && output.isEmpty }
}

@available(*, unavailable)
extension Connection: Sendable {}
