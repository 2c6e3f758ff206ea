internal import Glibc
internal import Testing

@testable import Journal

/// The disk before each call that changes it, and what the journal's user knew by then.
private struct Moment {
  var image: DiskImage
  var acknowledged: Int
  var appended: Int
}

@Suite struct CrashTests {
  /// How many seeds: each is a life of its own, some hundred moments times the ways to crash. `JOURNAL_CRASH_SEEDS`
  /// asks for more.
  private static let seeds = UInt64(getenv("JOURNAL_CRASH_SEEDS").flatMap { Int(String(cString: $0)) } ?? 2)

  /// Runs a life, and collects its moments.
  private func moments(of seed: UInt64) throws -> (moments: [Moment], records: [Digest]) {
    var random = SplitMix(seed)
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    var moments: [Moment] = []
    disk.beforeChange = { image in
      moments.append(
        Moment(image: image, acknowledged: workload.acknowledged, appended: workload.records.count))
    }
    for _ in 0..<2 {
      try workload.open()
      workload.live(&random, flushes: 14)
      if random.below(2) == 0 { workload.close() } else { workload.abandon() }
    }
    #expect(workload.failure == nil)
    disk.beforeChange = nil
    return (moments, workload.records)
  }

  /// Opens the journal on what a crash left.
  private func recover(_ disk: SimulatedDisk) throws -> [Digest] {
    var replayed: [Digest] = []
    let opened = try Journal.open(directory: Workload.directory, fileSystem: disk, options: Workload.options) {
      replayed.append(Digest($0))
    }
    withExtendedLifetime(opened) {}
    return replayed
  }

  /// Holds what was recovered against what was appended and acknowledged.
  private func check(_ replayed: [Digest], _ moment: Moment, _ records: [Digest], _ what: String) {
    if replayed.count < moment.acknowledged {
      Issue.record("\(what): \(replayed.count) records recovered, \(moment.acknowledged) were acknowledged")
    } else if replayed.count > moment.appended {
      Issue.record("\(what): \(replayed.count) records recovered, \(moment.appended) were appended")
    } else if replayed != Array(records[..<replayed.count]) {
      Issue.record("\(what): other records recovered than were appended")
    }
  }

  @Test(arguments: 1...seeds)
  func whateverACrashLeavesIsRecovered(seed: UInt64) throws {
    let (moments, records) = try moments(of: seed)
    var random = SplitMix(seed &* 1000)
    var states = 0
    for (number, moment) in moments.enumerated() {
      let afterKill = SimulatedDisk(moment.image)
      let what = "seed \(seed), kill before change \(number)"
      let replayed = try recover(afterKill)
      check(replayed, moment, records, what)
      let afterBoth = SimulatedDisk(afterKill.image.afterPowerLoss(.none, &random))
      if try recover(afterBoth) != replayed { Issue.record("\(what), start, power loss: something else recovered") }
      for survival in Survival.each {
        let what = "seed \(seed), \(survival) survives power loss before change \(number)"
        let disk = SimulatedDisk(moment.image.afterPowerLoss(survival, &random))
        do {
          let replayed = try recover(disk)
          check(replayed, moment, records, what)
          // Each second state only: it costs as much again.
          guard (number + states) % 2 == 0 else { continue }
          // What was recovered is served, so it must not be lost by the next loss of power.
          let again = SimulatedDisk(disk.image.afterPowerLoss(.none, &random))
          if try recover(again) != replayed { Issue.record("\(what): a second start recovers something else") }
        } catch {
          Issue.record("\(what): \(error)")
        }
      }
      states += 1 + Survival.each.count
    }
    #expect(states > 500)
  }

  @Test(arguments: 1...seeds)
  func aCrashWithinRecoveryChangesNothing(seed: UInt64) throws {
    let (moments, records) = try moments(of: seed &+ 100)
    var random = SplitMix(seed &* 7)
    for (number, moment) in moments.enumerated() where random.below(12) == 0 {
      let survival = Survival.each[random.below(Survival.each.count)]
      let first = SimulatedDisk(moment.image.afterPowerLoss(survival, &random))
      var within: [DiskImage] = []
      first.beforeChange = { within.append($0) }
      let complete = try recover(first)
      for (step, image) in within.enumerated() {
        for survival in Survival.each {
          let what = "seed \(seed), change \(number), \(survival) survives power loss in step \(step) of recovery"
          do {
            let replayed = try recover(SimulatedDisk(image.afterPowerLoss(survival, &random)))
            check(replayed, moment, records, what)
            if replayed.count > complete.count { Issue.record("\(what): more than was recovered before") }
          } catch {
            Issue.record("\(what): \(error)")
          }
        }
      }
    }
  }

  @Test func theLogGoesOnAfterACrash() throws {
    let (moments, records) = try moments(of: 50)
    var random = SplitMix(51)
    for (number, moment) in moments.enumerated() where number % 5 == 0 {
      let disk = SimulatedDisk(moment.image.afterPowerLoss(.subset, &random))
      let workload = Workload(disk)
      try workload.open()
      check(workload.records, moment, records, "change \(number)")
      workload.live(&random, flushes: 3)
      #expect(workload.acknowledged == workload.records.count)
      let expected = workload.records
      workload.abandon()
      #expect(try recover(disk) == expected)
    }
  }
}
