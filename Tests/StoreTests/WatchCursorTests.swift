internal import Lifecycle
internal import ProtobufWire
internal import Testing

@testable import Store

struct WatchCursorTests {
  /// Events from `first` on; each of one byte, of the customer and with the states given.
  private func batch(from first: UInt64, _ events: [(customer: UInt64, from: State?, to: State)]) -> RenderedEvents {
    var writer = WireWriter()
    var entries: [RenderedEvents.Event] = []
    for (index, event) in events.enumerated() {
      writer.append(UInt8(truncatingIfNeeded: index))
      entries.append(
        RenderedEvents.Event(
          revision: first + UInt64(index), customer: CustomerID(high: 0, low: event.customer), tenant: "default",
          from: event.from, to: event.to, bytes: index..<index + 1))
    }
    return RenderedEvents(bytes: writer, events: entries)
  }

  private let all = WatchFilter(tenant: nil, states: [], customers: [])

  @Test func selectsEverythingBehindItsStartOnce() {
    let events = batch(from: 1, [(1, nil, .initiating), (2, nil, .initiating), (1, .initiating, .screening)])
    var cursor = WatchCursor(after: 1, filter: all)
    let selection = cursor.advance(through: events, upTo: 3, limit: 100)
    #expect(selection.ranges == [1..<3])
    #expect(selection.events == 2)
    #expect(cursor.next == 4)
    #expect(cursor.advance(through: events, upTo: 3, limit: 100).events == 0)
  }

  @Test func stopsAtWhatIsDurable() {
    let events = batch(from: 1, [(1, nil, .initiating), (2, nil, .initiating)])
    var cursor = WatchCursor(after: 0, filter: all)
    #expect(cursor.advance(through: events, upTo: 1, limit: 100).events == 1)
    #expect(cursor.next == 2)
    #expect(cursor.advance(through: events, upTo: 2, limit: 100).events == 1)
  }

  @Test func stopsAtTheLimitButAlwaysGetsOn() {
    let events = batch(from: 1, Array(repeating: (1, .active, .inactive), count: 10))
    var cursor = WatchCursor(after: 0, filter: all)
    var seen = 0
    while cursor.next <= 10 {
      let selection = cursor.advance(through: events, upTo: 10, limit: 3)
      #expect((1...3).contains(selection.events))
      seen += selection.events
    }
    #expect(seen == 10)
  }

  @Test func aStateFilterSeesWhoLeaves() {
    let filter = WatchFilter(tenant: nil, states: [.active], customers: [])
    let events = batch(
      from: 1, [(1, nil, .initiating), (1, .verifying, .active), (1, .active, .inactive), (1, .inactive, .rejected)])
    var cursor = WatchCursor(after: 0, filter: filter)
    let selection = cursor.advance(through: events, upTo: 4, limit: 100)
    #expect(selection.ranges == [1..<3])
    #expect(cursor.next == 5, "what does not match is passed all the same")
  }

  @Test func filtersByCustomerAndTenant() {
    let events = batch(from: 1, [(1, nil, .initiating), (2, nil, .initiating)])
    var byCustomer = WatchCursor(
      after: 0, filter: WatchFilter(tenant: nil, states: [], customers: [CustomerID(high: 0, low: 2)]))
    #expect(byCustomer.advance(through: events, upTo: 2, limit: 100).ranges == [1..<2])
    var byTenant = WatchCursor(after: 0, filter: WatchFilter(tenant: "other", states: [], customers: []))
    #expect(byTenant.advance(through: events, upTo: 2, limit: 100).events == 0)
  }

  @Test func aLookAheadLeavesTheNewestOfEachCustomer() {
    let first = batch(from: 1, [(1, nil, .initiating), (2, nil, .initiating), (1, .initiating, .screening)])
    let second = batch(from: 4, [(1, .screening, .verifying), (3, nil, .initiating)])
    var cursor = WatchCursor(after: 0, filter: all)
    #expect(cursor.isLookAheadDue)
    cursor.lookAhead([first, second], upTo: 5)
    #expect(!cursor.isLookAheadDue)
    let one = cursor.advance(through: first, upTo: 5, limit: 100)
    #expect(one.ranges == [1..<2])
    #expect(one.skipped == 2)
    let two = cursor.advance(through: second, upTo: 5, limit: 100)
    #expect(two.events == 2)
    #expect(two.skipped == 0)
  }

  @Test func aLookAheadTakesAnEventThatTwoBatchesHoldForOne() {
    let cut = batch(from: 1, [(1, nil, .initiating), (2, nil, .initiating)])
    let whole = batch(from: 2, [(2, nil, .initiating), (3, nil, .initiating), (1, .initiating, .screening)])
    var cursor = WatchCursor(after: 0, filter: all)
    cursor.lookAhead([cut, whole], upTo: 4)
    let one = cursor.advance(through: cut, upTo: 4, limit: 100)
    #expect(one.ranges == [1..<2])
    #expect(one.skipped == 1)
    let two = cursor.advance(through: whole, upTo: 4, limit: 100)
    #expect(two.events == 2)
    #expect(two.skipped == 0)
    #expect(cursor.next == 5)
  }

  @Test func aLookAheadCountsOnlyMatchingEvents() {
    let filter = WatchFilter(tenant: nil, states: [.active], customers: [])
    let events = batch(from: 1, [(1, .verifying, .active), (1, .active, .inactive), (1, .inactive, .rejected)])
    var cursor = WatchCursor(after: 0, filter: filter)
    cursor.lookAhead([events], upTo: 3)
    let selection = cursor.advance(through: events, upTo: 3, limit: 100)
    #expect(selection.ranges == [1..<2], "the newest that matches, though a newer one does not")
    #expect(selection.skipped == 1)
  }
}
