internal import RPC
internal import System

/// What the callers of a connection and its thread share.
struct ClientState: ~Copyable {
  /// A call that waits for its end.
  struct Pending {
    enum Receiver {
      case call(@Sendable (Result<[UInt8], Status>) -> Void)
      case stream(ReplyQueue)
    }

    let receiver: Receiver
    /// When it is given up here, in nanoseconds of the monotonic clock; `UInt64.max`: never.
    let deadline: UInt64
  }

  var machine = ClientConnection()
  /// What waits to be sent. Bounded by ``ClientLink``'s `greatestQueue` plus one request.
  var output = ByteQueue()
  /// Bounded by the server's limit of streams: it refuses more.
  var calls: [UInt32: Pending] = [:]
  /// Why no more calls are taken.
  var failure: Status?
  /// When the thread looks after deadlines next.
  var wakesAt: UInt64 = .max

  /// The earliest deadline of all calls.
  var nextDeadline: UInt64 {
    calls.values.reduce(.max) { min($0, $1.deadline) }
  }

  /// Sends what the kernel takes. What breaks here, receiving finds out too.
  mutating func send(over socket: borrowing Socket) {
    while !output.isEmpty {
      guard case .moved(let count) = output.withUnsafeBytes({ socket.send($0) }) else { return }
      output.consume(count)
    }
  }
}

extension ClientState.Pending {
  /// Ends the call. Not under the lock: the receiver may do anything.
  func end(_ result: Result<[UInt8], Status>) {
    switch receiver {
    case .call(let completion):
      completion(result)
    case .stream(let queue):
      switch result {
      case .success: queue.finish(.ok)
      case .failure(let status): queue.finish(status)
      }
    }
  }
}

extension Status {
  /// The caller did not want to wait any longer.
  static let cancelledHere = Status(code: .cancelled, message: "the call was cancelled by its caller")
}
