internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import Client

@Suite struct WatchResumptionTests {
  private var random = Extreme.highest

  private static let store = [UInt8](repeating: 7, count: 16)

  private func resumption(
    _ request: GatehouseV1.WatchRequest, onHistoryLost: HistoryLoss = .end, includesProgress: Bool = false
  ) -> WatchResumption {
    WatchResumption(
      request, onHistoryLost: onHistoryLost, includesProgress: includesProgress, ClientSettings())
  }

  private func events(_ revisions: UInt64...) -> GatehouseV1.WatchResponse {
    .with { message in
      message.storeId = Self.store
      message.events = revisions.map { revision in .with { $0.revision = revision } }
    }
  }

  private func customer(_ id: String) -> GatehouseV1.Customer { .with { $0.id = id } }

  private func progress(_ revision: UInt64) -> GatehouseV1.WatchResponse {
    .with { $0.progress = .with { $0.revision = revision } }
  }

  /// Everything that can be handed out: revisions of events.
  private func drain(_ resumption: inout WatchResumption) -> [UInt64] {
    var revisions: [UInt64] = []
    while let change = resumption.next() {
      if case .event(let event) = change { revisions.append(event.revision) }
    }
    return revisions
  }

  // MARK: Events

  @Test mutating func itGoesOnBehindTheLastEventThatWasHandedOut() {
    let request = GatehouseV1.WatchRequest.with {
      $0.afterRevision = 3
      $0.states = [.active]
      $0.tenant = "acme"
    }
    var watch = resumption(request)
    #expect(watch.request() == request)
    watch.receive(events(5, 9))
    #expect(drain(&watch) == [5, 9])
    #expect(watch.position == 9)
    #expect(watch.decide(after: .failed(.lost("cut")), using: &random) == .again(after: 0))
    var expected = request
    expected.afterRevision = 9
    expected.storeId = Self.store
    #expect(watch.request() == expected)
  }

  @Test mutating func whatWasNotHandedOutYetIsNotThePosition() {
    var watch = resumption(.with { $0.afterRevision = 0 })
    _ = watch.request()
    watch.receive(events(1, 2, 3))
    #expect(watch.position == 0)
    _ = watch.next()
    #expect(watch.position == 1)
  }

  @Test mutating func anEventThatComesAgainIsNotHandedOutAgain() {
    var watch = resumption(.with { $0.afterRevision = 0 })
    watch.receive(events(1, 2))
    #expect(drain(&watch) == [1, 2])
    watch.receive(events(2, 3))
    #expect(drain(&watch) == [3])
    #expect(watch.position == 3)
  }

  /// From now on: where now is, the server says first.
  @Test mutating func withoutABeginningTheFirstProgressIsOne() {
    var watch = resumption(GatehouseV1.WatchRequest())
    #expect(watch.position == nil)
    watch.receive(progress(41))
    #expect(watch.next() == nil)
    #expect(watch.position == 41)
    #expect(watch.request().afterRevision == 41)
  }

  @Test mutating func progressIsHandedOutWhereItIsAskedFor() {
    var watch = resumption(GatehouseV1.WatchRequest(), includesProgress: true)
    watch.receive(progress(41))
    #expect(watch.next() == .progress(revision: 41))
    #expect(watch.next() == nil)
  }

  @Test mutating func lagAndWhatWasSkippedAreExposed() {
    var watch = resumption(GatehouseV1.WatchRequest())
    for (behindBy, skipped) in [(UInt64(7), UInt64(2)), (3, 4)] {
      watch.receive(
        .with {
          $0.behindBy = behindBy
          $0.skipped = skipped
        })
    }
    #expect(watch.behindBy == 3)
    #expect(watch.skipped == 6)
  }

  // MARK: Snapshots

  @Test mutating func aSnapshotIsFollowedByWhatIsBehindIt() {
    var watch = resumption(.with { $0.snapshot = true })
    #expect(watch.request().snapshot)
    #expect(watch.next() == .snapshotBegun(reason: ""))
    watch.receive(.with { $0.current = [customer("a"), customer("b")] })
    #expect(watch.next() == .current(customer("a")))
    #expect(watch.next() == .current(customer("b")))
    #expect(watch.position == nil)
    watch.receive(
      .with {
        $0.storeId = Self.store
        $0.snapshotComplete = .with {
          $0.revision = 9
          $0.customers = 2
        }
      })
    #expect(watch.next() == .snapshotComplete(revision: 9, customers: 2))
    #expect(watch.position == 9)
    let request = watch.request()
    #expect(request.afterRevision == 9 && !request.snapshot && request.storeId == Self.store)
    #expect(watch.next() == nil)
  }

  @Test mutating func aSnapshotThatWasCutOffBeginsAgainAndSaysSo() {
    var watch = resumption(.with { $0.snapshot = true })
    _ = watch.request()
    watch.receive(.with { $0.current = [customer("a")] })
    _ = drain(&watch)
    #expect(watch.decide(after: .failed(.lost("cut")), using: &random) == .again(after: 0))
    let request = watch.request()
    #expect(request.snapshot && request.afterRevision == nil && request.storeId.isEmpty)
    #expect(watch.next() == .snapshotBegun(reason: "INTERRUPTED"))
  }

  /// Both is a mistake, and the server's to refuse.
  @Test mutating func aRevisionBesideASnapshotIsNotHidden() {
    let request = GatehouseV1.WatchRequest.with {
      $0.snapshot = true
      $0.afterRevision = 4
    }
    var watch = resumption(request)
    #expect(watch.request() == request)
  }

  // MARK: A history that is lost

  private func lost(_ reason: GatehouseV1.Reason) -> StreamResumption.Interruption {
    .failed(.answered(Status(.outOfRange, reason, "cannot be gone on with")))
  }

  @Test(arguments: [GatehouseV1.Reason.revisionCompacted, .storeChanged, .revisionInFuture])
  mutating func aLostHistoryEndsTheWatchWhereNothingElseIsAsked(reason: GatehouseV1.Reason) {
    var watch = resumption(.with { $0.afterRevision = 3 })
    guard case .end(let failure) = watch.decide(after: lost(reason), using: &random) else {
      Issue.record("it goes on")
      return
    }
    #expect(failure.reason == reason.shortName)
  }

  @Test(arguments: [GatehouseV1.Reason.revisionCompacted, .storeChanged, .revisionInFuture])
  mutating func aLostHistoryBeginsWithASnapshotWhereAsked(reason: GatehouseV1.Reason) {
    var watch = resumption(.with { $0.afterRevision = 3 }, onHistoryLost: .snapshot)
    _ = watch.request()
    #expect(watch.decide(after: lost(reason), using: &random) == .again(after: 0))
    let request = watch.request()
    #expect(request.snapshot && request.afterRevision == nil && request.storeId.isEmpty)
    #expect(watch.next() == .snapshotBegun(reason: reason.shortName))
    watch.receive(.with { $0.snapshotComplete = .with { $0.revision = 1 } })
    // Below where it was: it is another history.
    #expect(watch.next() == .snapshotComplete(revision: 1, customers: 0))
    #expect(watch.position == 1)
  }

  // MARK: What goes on and what does not

  @Test mutating func pausesGrowUntilSomethingComes() {
    var watch = resumption(.with { $0.afterRevision = 0 })
    for pause in [UInt64(0), 50_000_000, 100_000_000] {
      #expect(watch.decide(after: .failed(.lost("cut")), using: &random) == .again(after: pause))
    }
    watch.receive(progress(1))
    #expect(watch.decide(after: .ended, using: &random) == .again(after: 0))
  }

  @Test mutating func theServerSaysHowLongToWait() {
    var watch = resumption(.with { $0.afterRevision = 0 })
    let failure = GatehouseError.answered(
      Status(.resourceExhausted, .overloaded, "later", retryAfterMicroseconds: 3_000_000))
    #expect(watch.decide(after: .failed(failure), using: &random) == .again(after: 3_000_000_000))
  }

  @Test(arguments: [StatusCode.permissionDenied, .invalidArgument, .unauthenticated, .cancelled, .internal])
  mutating func anyOtherRefusalEndsIt(code: StatusCode) {
    var watch = resumption(.with { $0.afterRevision = 0 }, onHistoryLost: .snapshot)
    let failure = GatehouseError.answered(Status(code: code, message: "no"))
    #expect(watch.decide(after: .failed(failure), using: &random) == .end(failure))
  }

  @Test mutating func messagesThatAreNoneEndItWhenThereIsNothingElse() {
    var watch = resumption(.with { $0.afterRevision = 0 })
    let failure = GatehouseError.lost("no message")
    for _ in 0..<4 {
      guard case .again = watch.decide(after: .unreadable(failure), using: &random) else {
        Issue.record("it ends too early")
        return
      }
    }
    #expect(watch.decide(after: .unreadable(failure), using: &random) == .end(failure))
    watch.receive(progress(1))
    guard case .again = watch.decide(after: .unreadable(failure), using: &random) else {
      Issue.record("what came in between counts")
      return
    }
  }
}
