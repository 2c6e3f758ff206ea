internal import Confinement
internal import ProtobufWire
internal import RPC
internal import System

/// One thread that serves connections: it waits until something is ready, reads, hands the calls of the whole turn over
/// in one batch, takes the answers that are there and sends them, once a connection, and then feeds its streams for a
/// while.
///
/// Everything but `inbox` and `counters` is confined to the thread that is in ``run()``.
final class EventLoop: @unchecked Sendable {
  /// How many events one turn takes from the kernel.
  private static let eventsATurn = 256
  /// How much one read takes at most: bounds how long one connection holds up the others.
  static let readBytes = 128 << 10
  /// A batch that has so many calls is handed over before the turn ends: the store decides them while the loop reads
  /// on. Far fewer would cost more hand-overs and smaller flushes; with far more, loop and store would work in turns.
  static let greatestBatch = 256
  /// A batch whose requests have so many bytes is handed over before the turn ends.
  static let greatestBatchBytes = 4 << 20
  /// How many batches are kept to be used again.
  static let keptBatches = 8

  /// What an epoll event is about, where it is no connection: slots never reach these numbers.
  enum Tag {
    static let bell = UInt64.max
    static let listener = UInt64.max - 1
  }

  let index: Int
  let configuration: ServerConfiguration
  let handler: any CallHandler
  let inbox: LoopInbox
  let published = PublishedCounters()
  /// How many connections may still be taken, over all loops.
  let acceptorBudget: ConnectionBudget

  /// What every call passes through.
  private struct Busy: ~Copyable {
    var now: UInt64 = 0
    var counters = ServerCounters()
    var calls = CallList()
    var callsInFlight = 0
    var callsHandedOver = 0
    var isCrowded = false
    var dirty: [Connection] = []
  }

  private let busy: Confined<Busy>
  let epoll: Epoll
  var connections: ConnectionTable
  var timers = TimerHeap()

  /// Where sockets are read into: a connection has memory of its own only for what it sent in part.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: EventLoop.readBytes, alignment: 16)
  /// What a source writes its message into.
  var message = WireWriter()
  /// Batches that are, or will be, free again. At most ``keptBatches``.
  var batches: [CallBatch] = []
  /// Empty batches of replies. At most ``keptBatches``.
  var spareReplies: [ReplyBatch] = []
  /// Streams to ask this turn, or one of the next.
  var readyStreams = TurnQueue<ReplyStream>()
  /// Streams whose sources had nothing.
  var idleStreams = IdleStreams()
  /// When streams are asked.
  var pace = FeedingPace()
  /// Whether idle streams are to be woken: when the turn's answers have gone out, and the streams have rested.
  var owesWake = false
  /// What was taken from the inbox; empty between turns.
  var taken = LoopInbox.Contents()

  /// The first loop's only.
  var acceptor: Acceptor?
  var drainDeadline: UInt64?
  var isStopped = false

  init(
    index: Int, configuration: ServerConfiguration, handler: any CallHandler, budget: ConnectionBudget
  ) throws(SystemError) {
    self.index = index
    self.configuration = configuration
    self.handler = handler
    acceptorBudget = budget
    inbox = try LoopInbox()
    epoll = try Epoll(capacity: EventLoop.eventsATurn)
    connections = ConnectionTable(loop: UInt8(index))
    busy = Confined(Busy())
    try epoll.add(inbox.bellDescriptor, [.readable, .edge], tag: Tag.bell)
  }

  deinit {
    scratch.deallocate()
  }

  /// The time at the beginning of the turn, in nanoseconds of the monotonic clock.
  var now: UInt64 {
    _read { yield busy.value.now }
    _modify { yield &busy.value.now }
  }

  var counters: ServerCounters {
    _read { yield busy.value.counters }
    _modify { yield &busy.value.counters }
  }

  /// The calls of this turn. Bounded by ``greatestBatch`` and ``greatestBatchBytes``.
  var calls: CallList {
    _read { yield busy.value.calls }
    _modify { yield &busy.value.calls }
  }

  /// Calls that the handler has.
  var callsInFlight: Int {
    _read { yield busy.value.callsInFlight }
    _modify { yield &busy.value.callsInFlight }
  }

  /// Calls that the handler was given since answers were last sent.
  var callsHandedOver: Int {
    _read { yield busy.value.callsHandedOver }
    _modify { yield &busy.value.callsHandedOver }
  }

  /// Whether calls are refused because too much waits, as of the last look.
  var isCrowded: Bool {
    _read { yield busy.value.isCrowded }
    _modify { yield &busy.value.isCrowded }
  }

  /// Connections with something to send.
  var dirty: [Connection] {
    _read { yield busy.value.dirty }
    _modify { yield &busy.value.dirty }
  }

  /// Serves until it is told to stop, or has been drained.
  func run() {
    while !isStopped {
      turn()
    }
    for connection in connections.all { close(connection, .stopped) }
    published.publish(counters)
  }

  private func turn() {
    let count = waitForEvents()
    now = MonotonicClock.now()
    callsHandedOver = 0
    // First, so that nobody rings for a loop that is awake: not even its own handler, which answers within `dispatch`.
    takeInbox()
    for index in 0..<count { handleEvent(epoll.event(index)) }
    dispatch()
    takeInbox()
    fireTimers()
    flush()
    if owesWake { wakeIdleStreams() }
    feedStreams()
    if let drainDeadline { continueDrain(deadline: drainDeadline) }
    published.publish(counters)
  }

  private func waitForEvents() -> Int {
    var timeout: Int32 = 0
    // Calls that were read while flushing, from a connection that had waited, are handed over in the next turn.
    if readyStreams.isEmpty, calls.count == 0, inbox.fallAsleep() { timeout = millisecondsToNextTimer() }
    do {
      return try epoll.wait(timeout: timeout)
    } catch {
      // epoll_wait on a descriptor of ours fails only if the program is wrong: going on would spin.
      configuration.observer(.failed(error))
      isStopped = true
      return 0
    }
  }

  /// Rounded up, so that what was waited for is due.
  private func millisecondsToNextTimer() -> Int32 {
    let next = min(
      timers.nextTime, acceptor?.resumesAt ?? .max, drainDeadline ?? .max, owesWake ? pace.restsUntil : .max)
    if next == .max { return -1 }
    let time = MonotonicClock.now()
    return next <= time ? 0 : Int32(clamping: (next - time + 999_999) / 1_000_000)
  }

  private func handleEvent(_ event: Epoll.Event) {
    switch event.tag {
    case Tag.bell: break  // the inbox is looked into every turn
    case Tag.listener: acceptConnections()
    default:
      // Of a connection that was closed earlier in this turn, or whose slot has a new tenant: dropped.
      guard let connection = connections[ConnectionID(rawValue: event.tag)] else { return }
      if !event.ready.isDisjoint(with: .writable) { markDirty(connection) }
      if !event.ready.isDisjoint(with: [.readable, .hungUp]) {
        read(connection, hungUp: !event.ready.isDisjoint(with: .hungUp))
      }
    }
  }
}
