internal import Journal

/// What the journal's user knew at some moment: what a start behind it is held against.
struct Oracle {
  /// Every record that was appended, in order.
  var records: [Digest]
  /// How many of them were told durable.
  var acknowledged: Int
  /// The events that were read, from revision 1 on.
  var shown: [Digest] = []

  /// What is known once a start has served these: all of it is durable, and for everybody to read.
  init(served: [Digest]) {
    self.init(records: served, acknowledged: served.count, shown: served.filter(\.isEvent))
  }

  init(records: [Digest], acknowledged: Int, shown: [Digest] = []) {
    self.records = records
    self.acknowledged = acknowledged
    self.shown = shown
  }

  /// Expects no more than the first `count` records to be there.
  mutating func limit(to count: Int) {
    acknowledged = min(acknowledged, count)
    shown = Array(shown.prefix(records.prefix(acknowledged).count { $0.isEvent }))
  }

  /// What is wrong with what a start replayed; nil when every promise was kept.
  func objection(to replayed: [Digest]) -> String? {
    if replayed.count < acknowledged {
      return "\(replayed.count) records recovered, \(acknowledged) were acknowledged"
    }
    if replayed.count > records.count {
      return "\(replayed.count) records recovered, \(records.count) were appended"
    }
    guard replayed.elementsEqual(records[..<replayed.count]) else {
      return "other records recovered than were appended"
    }
    let events = replayed.lazy.filter(\.isEvent).prefix(shown.count)
    return events.elementsEqual(shown) ? nil : "\(shown.count) events had been read: one of them is gone, or another"
  }
}

/// What a start replayed, and the journal that it opened.
struct Recovered {
  let replayed: [Digest]
  let journal: Journal
  let report: RecoveryReport

  init(_ disk: SimulatedDisk, _ options: JournalOptions = Workload.options) throws(JournalError) {
    (journal, report, replayed) = try Journal.open(disk, options)
  }

  /// Reads the log from a revision on, as a watcher does: the same events as were replayed, each revision once.
  ///
  /// - Returns: what is wrong.
  func objectionToReading(after revision: UInt64) throws(JournalError) -> String? {
    var last = revision
    var read: [Digest] = []
    while true {
      let slice = try journal.read(after: last, maxBytes: 2000)
      if slice.isEmpty { break }
      for event in slice.events {
        last += 1
        if event.revision != last { return "revision \(event.revision) read where \(last) was next" }
        read.append(slice.withRecord(event) { Digest($0) })
      }
    }
    guard last == max(journal.durableRevision, revision) else { return "reading ends at revision \(last)" }
    // Notes are replayed and not read: what was read is a part of the end of what was replayed, in its order.
    var rest = replayed[...]
    for digest in read.reversed() {
      guard let place = rest.lastIndex(of: digest) else { return "a record is read that was not replayed" }
      rest = rest[..<place]
    }
    return nil
  }
}
