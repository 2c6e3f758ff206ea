internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Synchronization
internal import System

/// Watchers, each on a connection of its own, that take events as fast as they come. For one thread.
struct WatcherSet: ~Copyable {
  /// How many messages a server may send ahead of what was taken.
  private static let credit: UInt32 = 1 << 16
  private static let stream: UInt32 = 1
  /// How much is received at once, in bytes; a frame may be longer.
  private static let receiveBytes = 256 << 10

  private let target: LoadTarget
  private let log: DeliveryRegister
  private let connections: UnsafeMutableBufferPointer<LoadConnection>
  /// Messages that each may still get without more credit.
  private var credits: [UInt32]
  private var hasBegun: [Bool]
  private let buffer: UnsafeMutableRawBufferPointer
  /// Watchers whose stream has not begun yet.
  private(set) var opening: Int

  init(_ count: Int, target: LoadTarget, log: DeliveryRegister) {
    self.target = target
    self.log = log
    connections = .allocate(capacity: count)
    for index in 0..<count { connections.initializeElement(at: index, to: LoadConnection(lanes: 1)) }
    credits = [UInt32](repeating: Self.credit, count: count)
    hasBegun = [Bool](repeating: false, count: count)
    let size = FrameDecoder.prefixBytes + FrameDecoder.greatestFrame + Self.receiveBytes
    buffer = .allocate(byteCount: size, alignment: 16)
    opening = count
  }

  deinit {
    connections.deinitialize()
    connections.deallocate()
    buffer.deallocate()
  }

  /// Asks for all connections and streams.
  mutating func connect(watching epoll: borrowing Epoll) throws(CommandFailure) {
    var request = GatehouseV1.WatchRequest()
    request.progressIntervalMs = 60_000
    let payload = request.encoded()
    for index in connections.indices {
      do {
        try connections[index].open(to: target.address, hello: target.hello, watching: epoll, tag: UInt64(index))
      } catch {
        throw target.unreachable(error)
      }
      connections[index].output.appendCall(
        Self.stream, .customerServiceWatch, timeoutMicroseconds: 0, credit: Self.credit, payload: payload)
    }
  }

  /// A connection's events carry its number.
  mutating func handle(_ event: Epoll.Event, watching epoll: borrowing Epoll) throws(CommandFailure) {
    let index = Int(truncatingIfNeeded: event.tag)
    if connections[index].phase == .connecting, let error = connections[index].finishConnecting() {
      throw target.unreachable(error)
    }
    if event.ready != .writable { try receive(index) }
    if connections[index].flush(watching: epoll, tag: event.tag) == .lost {
      throw target.strange("has closed a watcher's connection")
    }
  }

  private mutating func receive(_ index: Int) throws(CommandFailure) {
    guard let count = connections[index].receive(into: buffer) else {
      throw target.strange("has closed a watcher's connection")
    }
    let now = MonotonicClock.now()
    var offset = 0
    while true {
      let rest = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[offset..<count])
      switch connections[index].decoder.next(rest) {
      case .incomplete: return connections[index].keep(rest)
      case .refused: throw target.strange("sends what is no frame")
      case .frame(let length):
        let end = FrameDecoder.prefixBytes + length
        offset += end
        try take(UnsafeRawBufferPointer(rebasing: rest[FrameDecoder.prefixBytes..<end]), index, now)
      }
    }
  }

  private mutating func take(_ bytes: UnsafeRawBufferPointer, _ index: Int, _ now: UInt64) throws(CommandFailure) {
    guard let frame = try? ServerFrame(bytes) else { throw target.strange("sends a frame that cannot be read") }
    switch frame {
    case .hello: connections[index].phase = .open
    case .ping(let nonce): connections[index].output.appendPong(nonce: nonce)
    case .goAway: throw target.gone(GoAwayNotice(frame: bytes).status)
    case .other: break
    case .reply(let answer):
      if let status = answer.status { throw Self.ended(status) }
      guard (try? deliver(answer.payload, now)) != nil else { throw target.strange("sends events that cannot be read") }
      if !hasBegun[index] {
        hasBegun[index] = true
        opening -= 1
      }
      spendCredit(index)
    }
  }

  /// Every event of a message, by its revision.
  private func deliver(_ message: UnsafeRawBufferPointer, _ now: UInt64) throws(WireError) {
    try log.deliveries.withLock { (log: inout DeliveryLog) throws(WireError) in
      var reader = WireReader(message)
      while let tag = try reader.nextTag() {
        if tag.field == GatehouseV1.WatchResponse.Field.events, tag.type == .lengthDelimited {
          let event = try reader.lengthDelimited()
          log.deliver(try event.number(GatehouseV1.Event.Field.revision), at: now)
        } else {
          try reader.skip(tag)
        }
      }
    }
  }

  private mutating func spendCredit(_ index: Int) {
    credits[index] -= 1
    guard credits[index] <= Self.credit / 2 else { return }
    connections[index].output.appendCredit(Self.stream, messages: Self.credit - credits[index])
    credits[index] = Self.credit
  }

  private static func ended(_ status: UnsafeRawBufferPointer) -> CommandFailure {
    let wire = (try? GatehouseRpcV1.Status(decoding: status)) ?? GatehouseRpcV1.Status()
    return CommandFailure(refused: Status(wire))
  }

  /// Bytes that went over all connections so far.
  var bytes: UInt64 {
    var sum: UInt64 = 0
    for index in connections.indices { sum &+= connections[index].traffic.total }
    return sum
  }
}

/// What watchers and writers, each on a thread of their own, say of the same events.
final class DeliveryRegister: Sendable {
  let deliveries = Mutex(DeliveryLog())
}
