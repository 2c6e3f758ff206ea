/// How a loop divides its time between calls and streams. Sending one event to a thousand watchers keeps a processor
/// busy for five to ten milliseconds, here and where they read: streams are fed no longer at a time than a call may
/// wait for, and once all have what there was, they rest for as long as that took.
///
/// A round is what follows from one wake of all idle streams until none has anything left. What happens while they rest
/// goes out together, in fewer and larger messages. Streams that have more to catch up with do not rest.
struct FeedingPace {
  /// How long streams are fed before the loop looks after its calls again, in nanoseconds: what a call waits longer
  /// because of them, once when it is read and once when it is answered.
  static let slice: UInt64 = 50_000
  /// Connections that are fed before what they got is sent: sending is what takes the time, and has to count. What
  /// several streams of a connection have to say goes out together.
  static let connectionsASend = 4
  /// A round that took less than this, in nanoseconds, is followed by no rest: the loop's timers count in milliseconds,
  /// and nobody is to wait for one because of a handful of watchers.
  static let shortRound: UInt64 = 500_000
  /// No rest is longer, in nanoseconds, however much there was to catch up with.
  static let longestRest: UInt64 = 20_000_000

  /// What the present round has taken so far, in nanoseconds.
  private var spent: UInt64 = 0
  /// When idle streams may be woken again, in nanoseconds of the monotonic clock.
  private(set) var restsUntil: UInt64 = 0

  func rests(_ now: UInt64) -> Bool { now < restsUntil }

  /// Streams were fed from one time to another, in nanoseconds of the monotonic clock.
  ///
  /// - Parameter isOver: whether none has anything left.
  mutating func spend(from start: UInt64, to end: UInt64, isOver: Bool) {
    spent &+= end &- start
    guard isOver else { return }
    if spent >= Self.shortRound { restsUntil = end &+ min(spent, Self.longestRest) }
    spent = 0
  }
}
