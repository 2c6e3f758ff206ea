internal import Lifecycle
internal import Store

// What the clock alone brings about: deadlines that pass, screenings that are due again.

extension StoreWalk {
  /// Has time pass, and the store hear of it.
  func passTime() {
    clock.turn(by: generator.pick([0, 0, 1, 999_999, 60_000_000, 700_000_000, 3_600_000_000]))
    passDeadlines()
    if generator.oneIn(16) { turn { [self] store in openScreenings(on: store) } }
  }

  /// Lives through what the store made of the deadlines that have passed, in whichever order.
  func passDeadlines() {
    var passed: [Int] = []
    for index in members.indices {
      let verdict = members[index].life.hearOfDeadline(at: clock.time(), under: settings.policy)
      if case .event = verdict { passed.append(index) }
    }
    let (before, slots) = (revision, passed)
    revision += UInt64(passed.count)
    deadlines += passed.count
    turn { [self] store in
      var revisions: Set<UInt64> = []
      for index in slots {
        let customer = store[Slot(index)]
        revisions.insert(customer.revision)
        members[index].revision = customer.revision
        if let difference = members[index].life.difference(from: customer) {
          fail("customer \(index), whose deadline has passed: \(difference)")
        }
      }
      if store.revision != revision || revisions != Set((before + 1)..<(revision + 1)) {
        fail("revisions \(revisions) of deadlines that have passed, up to \(store.revision) instead of \(revision)")
      }
    }
  }

  /// Screenings that are due because their interval is over, in the order of the customers.
  private func openScreenings(on store: isolated CustomerStore) {
    var first = 0
    while first < store.customerCount, violation == nil {
      let next = store.openDueScreenings(from: first)
      for index in first..<next where isDue(members[index].life) {
        _ = members[index].life.hear(
          .requestScreening, by: .platform, at: store.now.microseconds, under: settings.policy,
          leadingTo: store[Slot(index)].standing)
        revision += 1
        periodicScreenings += 1
        members[index].revision = revision
        if let difference = members[index].life.difference(from: store[Slot(index)]) {
          fail("customer \(index), screened again: \(difference)")
        }
      }
      first = next
    }
    if store.revision != revision { fail("revision \(store.revision) instead of \(revision) of periodic screenings") }
  }

  private func isDue(_ life: Life) -> Bool {
    guard life.state == .active || life.state == .inactive, !life.isWaiting,
      let interval = settings.policy.rescreeningInterval
    else { return false }
    return clock.time() >= life.clearedAt + interval
  }
}
