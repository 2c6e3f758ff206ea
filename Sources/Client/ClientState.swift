internal import RPC
internal import System

/// A call as its connection sees it.
protocol LinkedCall: AnyObject, Sendable {
  /// The call has got a stream. Under the connection's lock: must not call back.
  func begins(on link: ClientLink, stream: UInt32)
  /// One message of a stream.
  func receive(_ payload: [UInt8])
  /// Called once for each ``begins(on:stream:)``; with the payload of a unary call's answer where it went well.
  func end(_ result: Result<[UInt8], GatehouseError>)
}

/// What the callers of a connection and its thread share.
struct ClientState: ~Copyable {
  /// A call that waits for its end.
  struct Pending {
    let call: any LinkedCall
    /// When it is given up here, in nanoseconds of the monotonic clock; `UInt64.max`: never.
    let deadline: UInt64
  }

  /// With so many bytes waiting to be sent there is no room for a call.
  private static let greatestQueue = 4 << 20

  var machine = ClientConnection()
  /// What waits to be sent. Bounded by `greatestQueue` plus one request.
  var output = ByteQueue()
  /// Bounded by the server's limit of streams.
  var calls: [UInt32: Pending] = [:]
  /// How many calls the server takes at once; without end until it has said so.
  var greatestStreams = Int.max
  var keepalive: Keepalive
  /// Why no more calls are taken.
  var failure: GatehouseError?
  /// Nothing comes or goes any more.
  var isClosed = false
  /// A call did not find room: whoever makes calls wants to know when there is some.
  var wantsRoom = false
  /// When the thread looks at the clock next. Not later than any deadline; it may be earlier, so that a call that ends
  /// and one that begins need not wake the thread.
  var wakesAt: UInt64 = .max

  init(keepalive: Keepalive) {
    self.keepalive = keepalive
  }

  var hasRoom: Bool { machine.openCount < greatestStreams && output.count < Self.greatestQueue }

  /// Sends what the kernel takes. What breaks here, receiving finds out too.
  mutating func send(over socket: borrowing Socket) {
    while !output.isEmpty {
      guard case .moved(let count) = output.withUnsafeBytes({ socket.send($0) }) else { return }
      output.consume(count)
    }
  }

  /// What is due, and when something is due next.
  mutating func lookAtClock(now: UInt64) -> (late: [UInt32], isLost: Bool) {
    guard wakesAt <= now else { return ([], false) }
    var late: [UInt32] = []
    var next = UInt64.max
    for (stream, pending) in calls {
      if pending.deadline <= now { late.append(stream) } else { next = min(next, pending.deadline) }
    }
    if machine.openCount > 0 {
      var verdict = keepalive.check(at: now)
      if verdict == .ping {
        output.appendPing(nonce: now)
        verdict = keepalive.check(at: now)
      }
      guard case .rest(let due) = verdict else { return (late, true) }
      next = min(next, due)
    }
    wakesAt = next
    return (late, false)
  }
}
