/// How a loop divides its time between calls and streams. Sending one event to a thousand watchers keeps a processor
/// busy for five to ten milliseconds, here and where they read: streams are fed no longer at a time than a call may
/// wait for, and once all have what there was, they rest for as long as that took.
///
/// A round is one turn of each stream that is ready when all idle ones are woken. What happens meanwhile, and while
/// they rest, goes out together in the next round, in fewer and larger messages: were streams woken before the others
/// have had their turn, then no round would ever end where events follow each other faster than all can be told of
/// them. Streams that have more to catch up with have their turns between rounds too, and do not rest.
struct FeedingPace {
  /// How long streams are fed before the loop looks after its calls again, in nanoseconds: what a call waits longer
  /// because of them, once when it is read and once when it is answered.
  static let slice: UInt64 = 25_000
  /// With so many streams ready, and to the end of a round that began with so many, the loop offers its processor to
  /// others each time before it feeds: it is going to be busy for a while, and whom an answer has just woken may wait
  /// for this very processor though another is idle. Then one write of ten beside a thousand watchers took 2 ms in
  /// place of 0.6, and one of fifty took 0.4 ms longer for the last of a round alone. Not with fewer: where others want
  /// the processor all the time, each offer costs a slice of theirs, some milliseconds.
  static let longRound = 32
  /// A round that took less than this, in nanoseconds, is followed by no rest: the loop's timers count in milliseconds,
  /// and nobody is to wait for one because of a handful of watchers.
  static let shortRound: UInt64 = 500_000
  /// No rest is longer, in nanoseconds, however much there was to catch up with.
  static let longestRest: UInt64 = 20_000_000

  /// How many turns the present round still has; 0 between rounds.
  private var turnsLeft = 0
  /// Whether the present round began with many; says nothing between rounds.
  private var beganLong = false
  /// What the present round has taken so far, in nanoseconds.
  private var spent: UInt64 = 0
  /// When idle streams may be woken again, in nanoseconds of the monotonic clock; says nothing during a round.
  private(set) var restsUntil: UInt64 = 0

  /// Whether idle streams may be woken now: not before all have had their turn, and have rested.
  func allowsRound(_ now: UInt64) -> Bool { turnsLeft == 0 && now >= restsUntil }

  /// Whether the loop offers its processor to others before it feeds the next of so many streams.
  func givesWay(ready: Int) -> Bool { ready >= Self.longRound || turnsLeft > 0 && beganLong }

  /// Idle streams were woken, and so many are ready.
  mutating func beginRound(turns: Int) {
    turnsLeft = turns
    beganLong = turns >= Self.longRound
    spent = 0
  }

  /// Streams had some turns from one time to another, in nanoseconds of the monotonic clock.
  mutating func spend(turns: Int, from start: UInt64, to end: UInt64) {
    guard turnsLeft > 0 else { return }
    spent &+= end &- start
    turnsLeft = max(0, turnsLeft - turns)
    if turnsLeft == 0, spent >= Self.shortRound { restsUntil = end &+ min(spent, Self.longestRest) }
  }
}
