internal import Lifecycle

/// All that turns of the store read and change, in one piece, so that it can lie where accesses are not checked for
/// overlapping with one another: turns come one after another anyway, and the checks took a sixth of their time.
struct StoreMemory: ~Copyable {
  var state: StoreState
  var turn = TurnBuffer()
  var random = RandomPool()
  /// The part of the next customer's id that the index finds it by.
  var nextRandom: UInt64
  /// The time of the present turn: never earlier than any record's.
  var now: Timestamp
  var clock: ClockWatch
  /// Whether so much waits for the disk that commands are refused, as of the beginning of the turn: what one turn adds
  /// is bounded by what a loop reads at a time.
  var isOverloaded = false
  /// Whether the disk has no room for more, so that commands are refused until it has; as of the beginning of the turn.
  var lacksSpace = false
  /// The journal position that everything decided so far is durable at.
  var position: UInt64 = 0
  /// Since when turns have left it to a later one to have their decisions written, in nanoseconds of the monotonic
  /// clock; 0 when none has.
  var gathersSince: UInt64 = 0
  /// Customers that came into another state than their first in this turn, or have to do with a third party and were
  /// changed, for those who act on it by themselves.
  var arrivals: [CustomerStore.Arrival] = []
  /// What third parties have to do, and who waits for being given some of it.
  var reviews: ReviewQueue
  var claims = ReviewClaims()
  /// When the clock's alarm is set for, in nanoseconds of the monotonic clock; the greatest number for never.
  var alarmAt = UInt64.max

  init(state: consuming StoreState, now: Timestamp, clock: ClockWatch, reviews: consuming ReviewQueue) {
    self.reviews = reviews
    nextRandom = random.next()
    self.now = now
    self.clock = clock
    self.state = state
  }
}
