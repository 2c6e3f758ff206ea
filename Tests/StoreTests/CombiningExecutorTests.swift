internal import Synchronization
internal import System
internal import Testing

@testable import Store

struct CombiningExecutorTests {
  private final class Counting: CombiningExecutor.Work {
    let counter: Counter
    init(_ counter: Counter) { self.counter = counter }
    func run() {
      counter.executor.checkIsolated()
      // Not atomic on purpose: only serial work counts right.
      let present = counter.count.load(ordering: .relaxed)
      counter.count.store(present + 1, ordering: .relaxed)
    }
  }

  private final class Counter: Sendable {
    let executor = CombiningExecutor()
    let count = Atomic<Int>(0)
  }

  @Test func runsWorkSeriallyWhoeverBringsIt() async {
    let counter = Counter()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask { for _ in 0..<500 { counter.executor.submit(Counting(counter)) } }
      }
    }
    // The last work may still run on the thread that took it over: one more piece waits its turn behind it.
    await withCheckedContinuation { (done: CheckedContinuation<Void, Never>) in
      counter.executor.submit(Finishing(done))
    }
    #expect(counter.count.load(ordering: .relaxed) == 4000)
  }

  private final class Finishing: CombiningExecutor.Work {
    let done: CheckedContinuation<Void, Never>
    init(_ done: CheckedContinuation<Void, Never>) { self.done = done }
    func run() { done.resume() }
  }

  @Test func isNotIsolatedOutside() {
    #expect(CombiningExecutor().isIsolatingCurrentContext() == false)
  }

  // MARK: - Pausing

  /// What has run, in order.
  private final class Diary: Sendable {
    let executor = CombiningExecutor()
    private let entries = Monitor<[String]>([])

    func note(_ entry: String) {
      entries.withLock { $0.append(entry) }
      entries.broadcast()
    }

    /// The entries, as soon as there are so many.
    func entries(_ count: Int) -> [String] { entries.wait { $0.count >= count ? $0 : nil } }
  }

  private final class Noting: CombiningExecutor.Work {
    let diary: Diary
    /// What is brought while this runs, so that it waits behind.
    let followers: Int

    init(_ diary: Diary, followers: Int = 0) {
      self.diary = diary
      self.followers = followers
    }

    func run() {
      for _ in 0..<followers { diary.executor.submit(Noting(diary), isLarge: true) }
      diary.note(diary.executor.isPauseAhead ? "a pause is ahead" : "no pause is ahead")
    }
  }

  @Test func pausesOnceBehindAllThatWaits() throws {
    let diary = Diary()
    try diary.executor.start { [unowned diary] in
      diary.executor.checkIsolated()
      diary.note("pause")
    }
    diary.executor.submit(Noting(diary, followers: 3), isLarge: true)
    #expect(diary.entries(5) == Array(repeating: "a pause is ahead", count: 4) + ["pause"])
  }

  @Test func doesNotPauseForWhoeverRunsWorkAlone() throws {
    let diary = Diary()
    try diary.executor.start { [unowned diary] in diary.note("pause") }
    diary.executor.submit(Noting(diary))
    #expect(diary.entries(1) == ["no pause is ahead"])
  }
}
