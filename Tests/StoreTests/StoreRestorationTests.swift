internal import Foundation
internal import Journal
internal import Lifecycle
internal import System
internal import Testing

@testable import Store

/// Stores written anew from what others have left.
@Suite struct StoreRestorationTests {
  /// A closed store of a few customers, and a place for another.
  private struct Origin {
    let fixture: StoreFixture
    let customers: [CustomerRecord]
    var target: String { fixture.directory + ".target" }

    init() throws {
      fixture = try StoreFixture()
      for number in 1...4 as ClosedRange<UInt8> { fixture.activate(fixture.create(number)) }
      let call = AnsweredCall(
        key: "k", digest: RequestDigest(low: 1, high: 2), form: 1, refusal: 0, answeredRevision: 0)
      let last = fixture.create(9, call: call)
      customers = fixture.turn { store in (0..<store.customerCount).map { store[Slot($0)] } }
      #expect(customers.last == last)
      fixture.store.close()
    }
  }

  private func restore(_ origin: Origin, to target: RewritingTarget) throws -> RewrittenStore {
    let fileSystem = LinuxFileSystem()
    let restoration = try StoreRestoration(
      backup: origin.fixture.directory, fileSystem, archive: nil, fileSystem)
    return try restoration.write(upTo: target, as: .random(), to: origin.target, fileSystem)
  }

  private func customers(in directory: String) throws -> [CustomerRecord] {
    var state = StoreState(idempotencyWindow: 0)
    _ = try Journal.verify(directory: directory, fileSystem: LinuxFileSystem()) { (piece) throws(ReplayError) in
      try state.restore(piece)
    } replay: { (bytes) throws(ReplayError) in
      try state.replay(bytes)
    }
    return (0..<state.customers.count).map { state[Slot($0)] }
  }

  @Test func everythingIsThere() throws {
    let origin = try Origin()
    defer { TemporaryDirectory.remove(origin.target) }
    let store = try restore(origin, to: .everything)
    #expect(try customers(in: origin.target) == origin.customers)
    #expect(store.customers == 5 && store.revision == 17 && store.oldestRevision == 1)
    #expect(store.time == origin.customers.last?.updatedAt)
    #expect(try Journal.storeID(ofDirectory: origin.target) == store.storeID)
  }

  @Test func nothingIsThereBehindTheTarget() throws {
    let origin = try Origin()
    for revision in 1...17 as ClosedRange<UInt64> {
      defer { TemporaryDirectory.remove(origin.target) }
      let store = try restore(origin, to: .revision(revision))
      let restored = try customers(in: origin.target)
      #expect(store.revision == revision && restored.map(\.revision).max() == revision)
      let untouched = origin.customers.filter { $0.revision <= revision }
      #expect(untouched.allSatisfy { restored.contains($0) })
    }
  }

  /// The last event that is not later, when several happened at the same moment too.
  @Test func aMomentIsTheLastEventNotLater() throws {
    let origin = try Origin()
    defer { TemporaryDirectory.remove(origin.target) }
    let moment = origin.customers[2].updatedAt
    let store = try restore(origin, to: .time(moment))
    let restored = try customers(in: origin.target)
    #expect(store.time == moment && restored.allSatisfy { $0.updatedAt <= moment })
    #expect(restored.contains(origin.customers[2]))
  }

  @Test func whatIsOutOfReachIsSaid() throws {
    let origin = try Origin()
    for target in [RewritingTarget.revision(18), .time(Timestamp(microseconds: 5))] {
      defer { TemporaryDirectory.remove(origin.target) }
      let error = #expect(throws: RestorationError.self) { _ = try restore(origin, to: target) }
      guard case .outOfReach = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test func aSoundStoreNeedsNoRepair() throws {
    let origin = try Origin()
    let found = try StoreRepair.examine(directory: origin.fixture.directory, fileSystem: LinuxFileSystem())
    guard case .sound(let verification) = found else {
      Issue.record("\(found)")
      return
    }
    #expect(verification.report.lastRevision == 17)
  }
}
