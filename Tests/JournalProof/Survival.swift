/// Which of the waiting changes a loss of power leaves.
enum Survival: CaseIterable {
  case none
  case all
  case prefix
  case subset
  /// A prefix, and a part of the sector behind it.
  case torn
  /// Names as they were made, contents not at all: as a file system does that writes its journal first.
  case namesFirst
  /// Contents as they were written, names not at all.
  case contentsFirst

  /// The indices of what is left of `pieces`, and of the one that is left in part.
  func choose(_ pieces: [DiskImage.Pending], _ random: inout SplitMix) -> (whole: [Int], torn: Int?) {
    switch self {
    case .none: return ([], nil)
    case .all: return (Array(pieces.indices), nil)
    case .prefix: return (Array(0..<random.below(pieces.count + 1)), nil)
    case .subset:
      // Sometimes nearly all, sometimes nearly nothing.
      let share = 1 + random.below(7)
      return (pieces.indices.filter { _ in random.below(8) < share }, nil)
    case .torn:
      guard !pieces.isEmpty else { return ([], nil) }
      let torn = random.below(pieces.count)
      return (Array(0..<torn), torn)
    case .namesFirst: return (pieces.indices.filter { pieces[$0].directory != nil }, nil)
    case .contentsFirst: return (pieces.indices.filter { pieces[$0].directory == nil }, nil)
    }
  }
}
