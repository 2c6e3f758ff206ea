internal import Confinement
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

  /// What every call passes through.
  private struct Busy: ~Copyable {
    var machine: ServerConnection
    var decoder: FrameDecoder
    var stage = Stage.open
    var output = ByteQueue()
    var isPaused = false
    var isDirty = false
    var activeAt: UInt64
    var partialSince: UInt64 = 0
    var pingedAt: UInt64 = 0
  }

  let id: ConnectionID
  let socket: Socket
  let openedAt: UInt64
  private let busy: Confined<Busy>
  /// The beginning of a frame whose rest has not come, or frames that wait until the peer reads. Bounded by the
  /// greatest frame plus one read.
  var input = ByteQueue()
  /// What the loop's epoll watches the socket for.
  var interest: Epoll.Interest = .readable
  /// The greatest frame that the client takes.
  var maxReplyFrame = FrameDecoder.greatestFrame
  /// The streams by slot.
  var streams: [ReplyStream?] = []
  /// Whether a stream waits for room in `output`.
  var hasBlockedStreams = false
  /// Whether the peer has closed its side: what is open is answered, then the connection is closed.
  var hasEnded = false
  /// When it is closed whatever happens, in nanoseconds of the monotonic clock.
  var closesAt: UInt64 = .max
  /// The earliest time that is in the loop's timers for it.
  var checkedAt: UInt64 = .max
  /// Why it ends, once it does.
  var reason = ClosingReason.peerClosed

  init(id: ConnectionID, socket: consuming Socket, limits: ServerLimits, now: UInt64) {
    self.id = id
    self.socket = socket
    openedAt = now
    busy = Confined(
      Busy(
        machine: ServerConnection(limits: limits), decoder: FrameDecoder(limit: limits.maxFrameBytes), activeAt: now))
  }

  /// Whether no call and no stream is open and nothing waits to be sent.
  var isQuiet: Bool { machine.openCount == 0 && output.isEmpty }

  var machine: ServerConnection {
    _read { yield busy.value.machine }
    _modify { yield &busy.value.machine }
  }

  var decoder: FrameDecoder {
    _read { yield busy.value.decoder }
    _modify { yield &busy.value.decoder }
  }

  var stage: Stage {
    _read { yield busy.value.stage }
    _modify { yield &busy.value.stage }
  }

  /// What waits to be sent. Bounded: past `maxQueuedBytes` nothing is read that could add to it, but what is open is
  /// still answered.
  var output: ByteQueue {
    _read { yield busy.value.output }
    _modify { yield &busy.value.output }
  }

  /// Whether reading waits until the peer has taken more of `output`.
  var isPaused: Bool {
    _read { yield busy.value.isPaused }
    _modify { yield &busy.value.isPaused }
  }

  /// Whether it is in the loop's list of those with something to send.
  var isDirty: Bool {
    _read { yield busy.value.isDirty }
    _modify { yield &busy.value.isDirty }
  }

  /// When something came in last, or went out while reading was paused, in nanoseconds of the monotonic clock.
  var activeAt: UInt64 {
    _read { yield busy.value.activeAt }
    _modify { yield &busy.value.activeAt }
  }

  /// Since when a frame is incomplete, in nanoseconds of the monotonic clock; 0: none is.
  var partialSince: UInt64 {
    _read { yield busy.value.partialSince }
    _modify { yield &busy.value.partialSince }
  }

  /// When a ping was sent that nothing has followed, in nanoseconds of the monotonic clock; 0: none.
  var pingedAt: UInt64 {
    _read { yield busy.value.pingedAt }
    _modify { yield &busy.value.pingedAt }
  }
}

@available(*, unavailable)
extension Connection: Sendable {}
