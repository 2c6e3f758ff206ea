internal import GatehouseAPI
internal import Lifecycle
internal import RPC
internal import Store
internal import Testing

@testable import Services

struct WatchSourceTests {
  private func revisions(_ reader: StreamReader, count: Int) throws -> [UInt64] {
    var seen: [UInt64] = []
    while seen.count < count {
      let message = try #require(try reader.next(GatehouseV1.WatchResponse.self))
      seen += message.events.map(\.revision)
    }
    return seen
  }

  @Test func beginsBehindARevision() throws {
    let fixture = try ServicesFixture()
    for number in 1...5 as ClosedRange<UInt8> { _ = try fixture.create(number) }
    var request = GatehouseV1.WatchRequest()
    request.afterRevision = 2
    let reader = fixture.open(.customerServiceWatch, request)
    #expect(try revisions(reader, count: 3) == [3, 4, 5])
    _ = try fixture.create(6)
    #expect(try revisions(reader, count: 1) == [6])
  }

  @Test func withNeitherStartItTellsThePresentRevisionFirst() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.create(1)
    let reader = fixture.open(.customerServiceWatch, GatehouseV1.WatchRequest())
    let first = try #require(try reader.next(GatehouseV1.WatchResponse.self))
    #expect(first.progress?.revision == 1)
    #expect(first.storeId == fixture.dispatcher.store.hub.storeID)
    _ = try fixture.create(2)
    #expect(try revisions(reader, count: 1) == [2])
  }

  @Test func refusesWhatItCannotKeep() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.create(1)
    func reason(_ change: (inout GatehouseV1.WatchRequest) -> Void) throws -> String? {
      var request = GatehouseV1.WatchRequest()
      change(&request)
      let reader = fixture.open(.customerServiceWatch, request)
      guard case .end(let status) = try reader.ask(GatehouseV1.WatchResponse.self) else { return nil }
      return status.reason
    }
    #expect(try reason { $0.afterRevision = 2 } == "REVISION_IN_FUTURE")
    #expect(try reason { $0.storeId = [1, 2, 3] } == "STORE_CHANGED")
    #expect(try reason { $0.customerIds = ["nobody"] } == "FIELD_INVALID")
    #expect(try reason { $0.progressIntervalMs = 9 } == "FIELD_INVALID")
    #expect(
      try reason {
        $0.afterRevision = 0
        $0.snapshot = true
      } == "FIELD_INVALID")
    #expect(try reason { $0.afterRevision = .max } == "REVISION_IN_FUTURE")
    #expect(try reason { $0.afterRevision = 1 } == nil)
  }

  @Test func tellsItsProgressWhenNothingMatches() throws {
    let fixture = try ServicesFixture()
    var request = GatehouseV1.WatchRequest()
    request.afterRevision = 0
    request.states = [.rejected]
    request.progressIntervalMs = 10
    let reader = fixture.open(.customerServiceWatch, request)
    guard case .idle(let due) = try reader.ask(GatehouseV1.WatchResponse.self) else {
      Issue.record("nothing has happened")
      return
    }
    #expect(due == 10_000_001)
    _ = try fixture.create(1)
    while case .idle(let time) = try reader.ask(GatehouseV1.WatchResponse.self), time < due {}
    reader.now = due
    guard case .message(let message) = try reader.ask(GatehouseV1.WatchResponse.self) else {
      Issue.record("the interval has passed")
      return
    }
    #expect(message.progress?.revision == 1)
  }

  @Test func aSnapshotIsTrueOfItsRevisionWhateverHappensMeanwhile() throws {
    let fixture = try ServicesFixture()
    var ids: [String] = []
    for number in 1...12 as ClosedRange<UInt8> { ids.append(try fixture.makeActive(number)) }
    var request = GatehouseV1.WatchRequest()
    request.snapshot = true
    let reader = fixture.open(.customerServiceWatch, request)
    // The first turn fixes the revision; then customers change and new ones come before the parts are read on.
    guard case .idle = try reader.ask(GatehouseV1.WatchResponse.self) else {
      Issue.record("the snapshot cannot be there yet")
      return
    }
    for id in ids.prefix(6) { try fixture.deactivate(id, "later") }
    _ = try fixture.create(99)
    var current: [GatehouseV1.Customer] = []
    var revision: UInt64 = 0
    while revision == 0 {
      let message = try #require(try reader.next(GatehouseV1.WatchResponse.self))
      #expect(message.events.isEmpty)
      current += message.current
      if let complete = message.snapshotComplete {
        revision = complete.revision
        #expect(complete.customers == UInt64(current.count))
      }
    }
    #expect(revision == 48)
    #expect(current.map(\.id).sorted() == ids.sorted())
    #expect(current.allSatisfy { $0.state == .active && $0.revision <= revision })
    #expect(try revisions(reader, count: 7) == Array(49...55))
  }

  @Test func anEmptySnapshotIsComplete() throws {
    let fixture = try ServicesFixture()
    var request = GatehouseV1.WatchRequest()
    request.snapshot = true
    let reader = fixture.open(.customerServiceWatch, request)
    let message = try #require(try reader.next(GatehouseV1.WatchResponse.self))
    #expect(message.snapshotComplete != nil)
    #expect(message.snapshotComplete?.revision == 0)
    _ = try fixture.create(1)
    #expect(try revisions(reader, count: 1) == [1])
  }

  /// Events are rendered once for all who may see everything of them, and once for the rest.
  @Test func privateDetailsAreForThePlatformOnly() throws {
    let fixture = try ServicesFixture(access: MethodRolesTests.access())
    try fixture.become("partner")
    let id = try fixture.makeActive(1)
    try fixture.become("platform")
    var deactivate = GatehouseV1.DeactivateRequest()
    deactivate.customerId = id
    deactivate.reason = "public"
    deactivate.privateDetail = "private"
    _ = try fixture.call(.customerServiceDeactivate, deactivate, GatehouseV1.DeactivateResponse.self)
    for (role, detail) in [("partner", ""), ("platform", "private"), ("observer", ""), ("platform", "private")] {
      try fixture.become(role)
      for latestOnly in [false, true] {
        var request = GatehouseV1.WatchRequest()
        request.afterRevision = 4
        request.latestOnly = latestOnly
        let message = try #require(
          try fixture.open(.customerServiceWatch, request).next(GatehouseV1.WatchResponse.self))
        #expect(message.events.map(\.cause?.reason) == ["public"])
        #expect(message.events.map(\.cause?.privateDetail) == [detail])
      }
      var request = GatehouseV1.GetHistoryRequest()
      request.customerId = id
      let history = try fixture.call(.customerServiceGetHistory, request, GatehouseV1.GetHistoryResponse.self)
      #expect(history.events.last?.cause?.privateDetail == detail)
    }
  }

  @Test func theLatestOnlyOfWhatALaggardMissed() throws {
    let fixture = try ServicesFixture()
    let id = try fixture.makeActive(1)
    for _ in 0..<10 {
      try fixture.deactivate(id, "")
      try fixture.activate(id)
    }
    _ = try fixture.create(2)
    var request = GatehouseV1.WatchRequest()
    request.afterRevision = 0
    request.latestOnly = true
    let reader = fixture.open(.customerServiceWatch, request)
    let message = try #require(try reader.next(GatehouseV1.WatchResponse.self))
    #expect(message.events.map(\.revision) == [24, 25])
    #expect(message.skipped == 23)
  }

  @Test func statsComeAtOnceAndOnlyWhenSomethingChanged() throws {
    let fixture = try ServicesFixture()
    _ = try fixture.makeActive(1)
    var request = GatehouseV1.WatchStatsRequest()
    request.intervalMs = 100
    let reader = fixture.open(.customerServiceWatchStats, request)
    let first = try #require(try reader.next(GatehouseV1.WatchStatsResponse.self))
    #expect(first.revision == 4)
    #expect(first.counts.map(\.state) == [.active])
    #expect(first.transitions.count == 4)
    reader.now += 100_000_000
    guard case .idle = try reader.ask(GatehouseV1.WatchStatsResponse.self) else {
      Issue.record("nothing has changed")
      return
    }
    _ = try fixture.create(2)
    reader.now += 100_000_000
    #expect(try reader.next(GatehouseV1.WatchStatsResponse.self)?.revision == 5)
  }

  @Test func healthTellsEachChange() throws {
    let fixture = try ServicesFixture()
    let reader = fixture.open(.healthWatch, GrpcHealthV1.HealthCheckRequest())
    #expect(try reader.next(GrpcHealthV1.HealthCheckResponse.self)?.status == .serving)
    fixture.dispatcher.health.setServing(false)
    #expect(try reader.next(GrpcHealthV1.HealthCheckResponse.self)?.status == .notServing)
    var unknown = GrpcHealthV1.HealthCheckRequest()
    unknown.service = "nobody.v1.Nothing"
    let other = fixture.open(.healthWatch, unknown)
    #expect(try other.next(GrpcHealthV1.HealthCheckResponse.self)?.status == .serviceUnknown)
  }
}
