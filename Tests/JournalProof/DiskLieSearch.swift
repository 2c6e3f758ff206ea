internal import Journal
internal import System

/// A disk that confirms what it does not do: writes that are lost, go elsewhere, or go to two places, and sectors that
/// turn back to what they were. After the next start of the machine the journal serves all, or refuses.
struct DiskLieSearch {
  enum Lie: CaseIterable {
    case lost, misdirected, duplicated, staleSector, stalePage, staleFile

    /// How much turns back at once.
    var unit: Int? {
      switch self {
      case .lost, .misdirected, .duplicated: nil
      case .staleSector: 512
      case .stalePage: 4096
      case .staleFile: .max / 2
      }
    }
  }

  private(set) var cases = 0
  private(set) var refusals = 0
  private(set) var violations: [String] = []

  mutating func run(seeds: ClosedRange<UInt64>) {
    for seed in seeds {
      for lie in Lie.allCases where violations.count < 10 {
        var random = SplitMix(seed)
        let (image, oracle, what) = life(lie, seed, &random)
        guard let image else { continue }
        cases += 1
        check(image, oracle, "seed \(seed), \(lie), \(what)")
      }
    }
  }

  /// A life in which one call is lied about, closed in good order; what the disk then holds.
  private func life(
    _ lie: Lie, _ seed: UInt64, _ random: inout SplitMix
  ) -> (image: DiskImage?, oracle: Oracle, what: String) {
    let disk = SimulatedDisk()
    let workload = Workload(disk)
    var left = random.below(70)
    let distance = (1 + random.below(12)) * (random.once(in: 2) ? 4096 : 512) * (random.once(in: 2) ? 1 : -1)
    var what = ""
    disk.fault = { call, path in
      guard call == .pwrite else { return nil }
      left -= 1
      guard left == -1 else { return nil }
      what = "a write to \(path)"
      switch lie {
      case .lost: return .loseSilently
      case .misdirected: return .misdirect(by: distance)
      case .duplicated: return .duplicate(by: distance)
      case .staleSector, .stalePage, .staleFile: return nil
      }
    }
    var past: [DiskContents] = []
    disk.beforeChange = { past.append($0.durable) }
    // Not even the second start may have seen the lie when it is read from the kernel's memory.
    for _ in 0..<2 {
      guard (try? workload.open()) != nil else { return (nil, workload.oracle, what) }
      workload.live(&random, flushes: 8)
      guard workload.failure == nil else { return (nil, workload.oracle, what) }
      workload.close()
    }
    // Only what was made durable counts: the rest is not on the disk, but was never said to be.
    var image = DiskImage()
    image.durable = disk.image.afterSynchronizing.durable
    image.nextNode = disk.image.nextNode
    if let unit = lie.unit {
      guard let place = turnBack(&image, to: random.pick(past), unit: unit, &random) else {
        return (nil, workload.oracle, what)
      }
      what = place
    }
    image.current = image.durable
    return (image, workload.oracle, what)
  }

  /// Gives a part of one file its earlier contents.
  ///
  /// - Returns: which, in words; nil when nothing differs.
  private func turnBack(
    _ image: inout DiskImage, to past: DiskContents, unit: Int, _ random: inout SplitMix
  ) -> String? {
    var places: [(node: Int, range: Range<Int>)] = []
    for (node, now) in image.durable.files.sorted(by: { $0.key < $1.key }) {
      guard let before = past.files[node] else { continue }
      for start in stride(from: 0, to: min(before.count, now.count), by: unit) {
        let range = start..<min(start + unit, before.count, now.count)
        if before[range] != now[range] { places.append((node, range)) }
      }
    }
    guard !places.isEmpty else { return nil }
    let (node, range) = random.pick(places)
    image.durable.files[node]?.replaceSubrange(range, with: past.files[node]?[range] ?? [])
    return "bytes \(range) of file \(node)"
  }

  private mutating func check(_ image: DiskImage, _ oracle: Oracle, _ what: String) {
    let disk = SimulatedDisk(image)
    do throws(JournalError) {
      let recovered = try Recovered(disk)
      if let objection = oracle.objection(to: recovered.replayed) { violations.append("\(what): \(objection)") }
    } catch {
      refusals += 1
      if disk.image != image { violations.append("\(what): refused, but changed the disk: \(error)") }
    }
  }
}
