internal import Journal
internal import Lifecycle
internal import Synchronization
internal import System
internal import Testing

@testable import Store

/// What turns have decided is written together where more turns wait, and no later than it would matter.
struct GatheringTests {
  /// A clock that stands still but where a turn of the store moves it, and gives no alarms.
  private final class MovedClock: StoreClock {
    private let passed = Atomic<UInt64>(1_000_000_000)

    func move(nanoseconds: UInt64) { passed.add(nanoseconds, ordering: .relaxed) }
    func time() -> Int64 { 1_800_000_000_000_000 }
    func monotonic() -> UInt64 { passed.load(ordering: .relaxed) }
    func start(_ alarm: @escaping @Sendable () -> Void) {}
    func setAlarm(at monotonic: UInt64) {}
    func stop(waiting: Bool) {}
  }

  /// Turns that wait for the store while one of them runs.
  private final class Turns: Sendable {
    let store: CustomerStore
    private let committed = Monitor(0)

    init(_ store: CustomerStore) { self.store = store }

    func note() {
      committed.withLock { $0 += 1 }
      committed.broadcast()
    }

    /// Whether so many turns are durable soon: a minute is long enough for any disk.
    func areDurable(_ count: Int) -> Bool {
      let deadline = MonotonicClock.now() + 60_000_000_000
      return committed.wait(deadline: deadline) { $0 >= count ? true : nil } ?? false
    }
  }

  /// A turn that takes a customer in.
  private final class Creation: CombiningExecutor.Work, CommitGate.Waiter {
    let turns: Turns
    let number: UInt8
    /// What is done before the turn, in it.
    let before: @Sendable () -> Void

    init(_ turns: Turns, _ number: UInt8, before: @escaping @Sendable () -> Void = {}) {
      self.turns = turns
      self.number = number
      self.before = before
    }

    func run() {
      turns.store.assumeIsolated { store in
        before()
        store.beginTurn()
        let result = store.create(
          .numbered(number), cause: Cause(command: .createCustomer, principal: "test"), answering: nil)
        guard case .success = result else { preconditionFailure("\(result)") }
        store.endTurn(answering: self)
      }
    }

    func committed() { turns.note() }
  }

  @Test func turnsThatWaitAreWrittenTogether() throws {
    // The clock stands still, so none of them has waited for long.
    let fixture = try StoreFixture(clock: MovedClock())
    let turns = Turns(fixture.store)
    let flushesBefore = fixture.store.journal.status.flushes.count
    let first = Creation(turns, 1) {
      for number in 2...200 { turns.store.executor.submit(Creation(turns, UInt8(number)), isLarge: true) }
    }
    fixture.store.executor.submit(first, isLarge: true)
    #expect(turns.areDurable(200))
    // One, but for a flush thread that was awake and took what was there by then.
    #expect(fixture.store.journal.status.flushes.count <= flushesBefore + 2)
  }

  @Test func whatHasWaitedForLongIsWrittenBehindTheTurn() throws {
    let clock = MovedClock()
    let fixture = try StoreFixture(clock: clock)
    let turns = Turns(fixture.store)
    let verdict = Monitor<Bool?>(nil)
    let first = Creation(turns, 1) {
      turns.store.executor.submit(Creation(turns, 2) { clock.move(nanoseconds: 2_000_000) }, isLarge: true)
      // As long as this one runs, the executor does not pause.
      let third = Creation(turns, 3) { verdict.withLock { $0 = turns.areDurable(2) } }
      turns.store.executor.submit(third, isLarge: true)
    }
    fixture.store.executor.submit(first, isLarge: true)
    #expect(turns.areDurable(3))
    #expect(verdict.withLock { $0 } == true)
  }
}
