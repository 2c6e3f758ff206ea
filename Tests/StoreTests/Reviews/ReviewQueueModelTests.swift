internal import Lifecycle
internal import Testing

@testable import Store

/// The queue against a model that looks at everybody each time, over random changes, claims and times.
struct ReviewQueueModelTests {
  /// What is known of a customer.
  private struct Known {
    var tenant: String
    var wait: ReviewWait
    /// Until when it is held, and the token; nil when it is not.
    var lease: (until: UInt64, token: UInt64)?
    /// Whether the queue has told that the deadline has passed, and nothing has happened to the customer since.
    var isOverdueTold = false

    /// It is not held any more.
    mutating func end() {
      lease = nil
      isOverdueTold = false
    }
  }

  private struct Model {
    var customers: [Slot: Known] = [:]
    var now: Int64 = 0
    var monotonic: UInt64 = 0

    /// Who could be claimed.
    func due(_ kind: ReviewKind) -> Set<Slot> {
      Set(
        customers.filter { _, known in
          guard known.lease == nil, known.wait.kind == kind, known.wait.attention == .none,
            let dueAt = known.wait.dueAt
          else { return false }
          return dueAt.microseconds <= now
        }.keys)
    }
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func agreesWithTheModel(seed: UInt64) {
    var generator = Seeded(seed)
    let queue = BoxedQueue()
    var model = Model()
    for _ in 0..<3000 {
      switch generator.next() % 10 {
      case 0..<4: change(queue, &model, &generator)
      case 4..<6: advance(queue, &model, &generator)
      case 6..<9: claim(queue, &model, &generator)
      default: giveBack(queue, &model, &generator)
      }
      compare(queue, model)
    }
  }

  private func change(_ queue: BoxedQueue, _ model: inout Model, _ generator: inout Seeded) {
    let slot = Slot(generator.next() % 60 * 100)
    guard generator.next() % 4 != 0 else {
      queue.change(slot, of: "", to: nil, at: Timestamp(microseconds: model.now))
      model.customers[slot] = nil
      return
    }
    let tenant = "tenant-\(slot / 100 % 4)"
    func soon() -> Timestamp { Timestamp(microseconds: model.now + Int64(generator.next() % 60) - 20) }
    var wait = ReviewWait(
      kind: generator.next() % 3 == 0 ? .verification : .screening, attempt: UInt32(generator.next() % 3),
      dueAt: generator.next() % 5 == 0 ? nil : soon(), deadlineAt: generator.next() % 3 == 0 ? nil : soon())
    wait.isPassing = generator.next() % 4 != 0
    if generator.next() % 6 == 0 {
      wait.attention = Attention.allCases[Int(generator.next() % 4)]
      if wait.attention != .none { (wait.dueAt, wait.deadlineAt) = (nil, nil) }
    }
    if let before = model.customers[slot], generator.next() % 3 == 0 {
      wait = before.wait
    }
    queue.change(slot, of: tenant, to: wait, at: Timestamp(microseconds: model.now))
    let before = model.customers[slot]
    let keeps = before.map { $0.lease != nil && $0.wait.isSame(as: wait) } ?? false
    model.customers[slot] = Known(tenant: tenant, wait: wait, lease: keeps ? before?.lease : nil)
  }

  private func advance(_ queue: BoxedQueue, _ model: inout Model, _ generator: inout Seeded) {
    model.now += Int64(generator.next() % 30)
    model.monotonic += generator.next() % 30
    let (now, monotonic) = (model.now, model.monotonic)
    let told = queue.advance(to: Timestamp(microseconds: now), monotonic: monotonic, limit: .max)
    for (slot, known) in model.customers {
      if let lease = known.lease, lease.until <= monotonic { model.customers[slot]?.end() }
    }
    let expected = model.customers.filter { _, known in
      !known.isOverdueTold && (known.wait.deadlineAt?.microseconds ?? .max) <= now
    }
    #expect(Set(told) == Set(expected.keys) && told.count == expected.count)
    for slot in told { model.customers[slot]?.isOverdueTold = true }
  }

  private func claim(_ queue: BoxedQueue, _ model: inout Model, _ generator: inout Seeded) {
    // What is due by the time is due once the queue has been told of the time.
    advance(queue, &model, &generator)
    let kind: ReviewKind = generator.next() % 3 == 0 ? .verification : .screening
    let due = model.due(kind)
    let most = Int(generator.next() % 5) + 1
    let until = model.monotonic + generator.next() % 50 + 1
    let claimed = queue.claim(kind, most: most, until: until) { UInt32(truncatingIfNeeded: generator.next()) }
    let held = Set(model.customers.values.compactMap { $0.lease?.token })
    // Whose deadline has passed while it waited to be due is due no more: the one who was told of it acts on it.
    let certain = due.filter { model.customers[$0]?.isOverdueTold == false }
    #expect(Set(claimed.map(\.slot)).isSubset(of: due) && claimed.count <= most)
    #expect(claimed.count >= min(most, certain.count))
    #expect(Set(claimed.map(\.slot)).count == claimed.count)
    for review in claimed {
      #expect(model.customers[review.slot]?.lease == nil && !held.contains(review.token))
      model.customers[review.slot]?.lease = (until, review.token)
      model.customers[review.slot]?.isOverdueTold = false
    }
    checkFairness(claimed, due: certain, model)
  }

  /// Of two tenants with enough that is due, neither is given two more than the other.
  private func checkFairness(_ claimed: [ReviewQueue.Claimed], due: Set<Slot>, _ model: Model) {
    var given: [String: Int] = [:]
    for review in claimed { given[model.customers[review.slot]?.tenant ?? "", default: 0] += 1 }
    let left = Set(due.subtracting(claimed.map(\.slot)).compactMap { model.customers[$0]?.tenant })
    for tenant in left {
      for (_, count) in given { #expect(count <= given[tenant, default: 0] + 1) }
    }
  }

  private func giveBack(_ queue: BoxedQueue, _ model: inout Model, _ generator: inout Seeded) {
    let held = model.customers.filter { $0.value.lease != nil }.sorted { $0.key < $1.key }
    guard !held.isEmpty else { return }
    let (slot, known) = held[Int(generator.next() % UInt64(held.count))]
    guard let lease = known.lease else { return }
    if generator.next() % 2 == 0 {
      let until = model.monotonic + generator.next() % 50 + 1
      #expect(queue.renew(lease.token, until: until))
      model.customers[slot]?.lease = (until, lease.token)
    } else {
      #expect(queue.giveBack(lease.token))
      #expect(!queue.giveBack(lease.token))
      model.customers[slot]?.end()
    }
  }

  private func compare(_ queue: BoxedQueue, _ model: Model) {
    for tenant in [nil, "tenant-0", "tenant-1"] {
      let customers = model.customers.filter { tenant == nil || $0.value.tenant == tenant }
      for kind in ReviewKind.allCases {
        let known = customers.values.filter { $0.wait.kind == kind && $0.wait.attention == .none }
        let counts = queue.counts(kind, of: tenant)
        #expect(counts.due + counts.leased + counts.waiting == UInt64(known.count))
        #expect(counts.leased == UInt64(known.count { $0.lease != nil }))
      }
      for attention in Attention.allCases where attention != .none {
        #expect(
          queue.attention(attention, of: tenant) == UInt64(customers.values.count { $0.wait.attention == attention }))
      }
    }
    #expect(queue.nextLapse == model.customers.values.compactMap { $0.lease?.until }.min())
  }
}

extension ReviewWait {
  fileprivate func isSame(as other: ReviewWait) -> Bool {
    kind == other.kind && attempt == other.attempt && dueAt == other.dueAt && other.attention == .none
      && isPassing == other.isPassing
  }
}
