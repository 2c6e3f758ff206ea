internal import Glibc
internal import Journal
internal import System

/// Lets every single call of a life fail in turn: the first, the second, and so on until the life has no such call
/// left, once or for good, and then starts again on a sound disk.
struct FaultSearch {
  /// What fails, and how.
  struct Plan: CustomStringConvertible {
    var call: SimulatedDisk.Call
    var code: Int32
    /// Whether it fails from then on, or once.
    var isForGood: Bool
    var number: Int
    /// Whether the kernel shows what a failed flush has lost.
    var isShown: Bool

    var description: String {
      "\(call) number \(number) fails with \(code)\(isForGood ? " for good" : ""), \(isShown ? "shown" : "not shown")"
    }
  }

  private(set) var cases = 0
  private(set) var violations: [String] = []
  private var random = SplitMix(4)

  /// - Parameter stride: takes every so many of the calls.
  mutating func run(stride step: Int = 1) {
    for call in SimulatedDisk.Call.allCases {
      for code in Self.codes(of: call) {
        for isForGood in [false, true] {
          var number = 0
          while violations.count < 10 {
            let plan = Plan(
              call: call, code: code, isForGood: isForGood, number: number, isShown: number % 2 == 0)
            guard comesTrue(plan) else { break }
            number += step
          }
        }
      }
    }
  }

  private static func codes(of call: SimulatedDisk.Call) -> [Int32] {
    switch call {
    case .fdatasync, .fsync: [EIO, ENOSPC, EDQUOT]
    case .pwrite: [EIO, ENOSPC, EROFS]
    case .create, .createDirectory, .rename, .remove, .ftruncate: [EIO, ENOSPC, EROFS]
    case .fallocate: [ENOSPC, EOPNOTSUPP, EDQUOT, EFBIG]
    case .open, .list, .pread, .size: [EIO]
    case .flock: [EIO, EWOULDBLOCK]
    }
  }

  /// - Returns: whether the life came as far as the call.
  private mutating func comesTrue(_ plan: Plan) -> Bool {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    var left = plan.number
    var hasFailed = false
    let seed = random.next()
    disk.fault = { call, _ in
      guard call == plan.call else { return nil }
      left -= 1
      guard left < 0, plan.isForGood || !hasFailed else { return nil }
      hasFailed = true
      return call == .fdatasync || call == .fsync
        ? .loseAndFail(plan.code, isShown: plan.isShown, seed: seed) : .fail(plan.code)
    }
    live(workload, plan)
    guard hasFailed else { return false }
    cases += 1
    disk.fault = nil
    var random = SplitMix(seed)
    for image in [disk.image, disk.image.afterPowerLoss(.none, &random), disk.image.afterPowerLoss(.subset, &random)] {
      check(image, workload.oracle, plan)
    }
    return true
  }

  /// Two starts, and what the journal does when it has failed: nothing.
  private mutating func live(_ workload: Workload, _ plan: Plan) {
    var life = SplitMix(12)
    for _ in 0..<2 {
      do throws(JournalError) {
        try workload.open()
      } catch {
        continue
      }
      workload.beAccompanied(SplitMix(life.next()))
      workload.live(&life, flushes: 7)
      if let objection = workload.objection { violations.append("\(plan): \(objection)") }
      if workload.failure != nil {
        let acknowledged = workload.acknowledged
        var changes = 0
        workload.disk.beforeChange = { _ in changes += 1 }
        workload.append(events: 2, bytes: 30)
        workload.flush()
        workload.close()
        workload.disk.beforeChange = nil
        if workload.acknowledged != acknowledged {
          violations.append("\(plan): something is acknowledged behind a failure")
        }
        if changes > 0 { violations.append("\(plan): \(changes) changes on the disk behind a failure") }
      }
      workload.close()
    }
  }

  private mutating func check(_ image: DiskImage, _ oracle: Oracle, _ plan: Plan) {
    do throws(JournalError) {
      let served = SimulatedDisk(image)
      let recovered = try Recovered(served)
      if let objection = oracle.objection(to: recovered.replayed) { violations.append("\(plan): \(objection)") }
      let again = try Recovered(SimulatedDisk(served.image.afterPowerLoss(.none, &random)))
      if again.replayed != recovered.replayed { violations.append("\(plan): what was served is lost by a power loss") }
    } catch {
      violations.append("\(plan): \(error)")
    }
  }
}
