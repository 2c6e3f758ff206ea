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

  /// Notes whether a turn may leave its flush to others, some time after the one before.
  private final class Asking: CombiningExecutor.Work {
    let store: CustomerStore
    let answers: Monitor<[Bool]>
    let before: @Sendable () -> Void

    init(_ store: CustomerStore, _ answers: Monitor<[Bool]>, before: @escaping @Sendable () -> Void) {
      self.store = store
      self.answers = answers
      self.before = before
    }

    func run() {
      before()
      store.assumeIsolated { store in
        store.beginTurn()
        let mayGather = store.mayGather()
        answers.withLock { $0.append(mayGather) }
      }
      answers.broadcast()
    }
  }

  @Test func turnsThatWaitLeaveTheFlushToALaterOneForAWhile() throws {
    let clock = MovedClock()
    let fixture = try StoreFixture(clock: clock)
    let store = fixture.store
    let answers = Monitor<[Bool]>([])
    let first = Asking(store, answers) {
      for step: UInt64 in [499_999, 1, 0, 499_999, 1] {
        store.executor.submit(Asking(store, answers) { clock.move(nanoseconds: step) }, isLarge: true)
      }
    }
    store.executor.submit(first, isLarge: true)
    #expect(answers.wait { $0.count == 6 ? $0 : nil } == [true, true, false, true, true, false])
  }

  @Test func aTurnThatRunsWhereItIsBroughtLeavesNothing() throws {
    let fixture = try StoreFixture(clock: MovedClock())
    let answers = Monitor<[Bool]>([])
    fixture.store.executor.submit(Asking(fixture.store, answers) {})
    #expect(answers.wait { $0.count == 1 ? $0 : nil } == [false])
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
