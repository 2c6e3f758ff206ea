/// What is found in the active segment behind its last good block.
struct TailFacts: Equatable {
  enum Header: CaseIterable {
    /// Zeros.
    case absent
    /// Neither zeros nor a whole header.
    case broken
    /// A whole header of a version or kind that this program does not know.
    case unknown
    /// A whole header of another place: another store, segment, offset, sequence, revision or chain.
    case misplaced
    /// The header of the next block. The body is not what it says.
    case fitting
  }

  var header: Header
  /// Whether something says that the next block had reached the disk: the watermark, or a later block.
  var isAttested: Bool
  /// Whether there is any byte but zero as far as the next block may reach.
  var hasBytes: Bool
  /// Whether there is any byte but zero beyond that.
  var hasBytesBeyond: Bool
}

/// What to make of the bytes behind the last good block of the active segment.
///
/// Within one flush that did not end, any subset of the sectors may have reached the disk, in any order. So a damaged
/// block is a torn one, never acknowledged, exactly when it is the next one, nothing attests it, and nothing lies
/// beyond it. All other damage has taken something that may have been acknowledged, and is refused.
///
///     next header   attested   bytes   beyond   verdict
///     unknown       any        any     any      refuse: a format that is not known
///     misplaced     any        any     any      refuse: a block of another place
///     any           yes        no      no       refuse: blocks are lost that had reached the disk
///     any           yes        any     any      refuse: a block is damaged that had reached the disk
///     any           no         any     yes      refuse: bytes that no single flush can have left
///     any           no         yes     no       cut: a torn block
///     absent        no         no      no       the end of the log
enum TailVerdict: Equatable {
  /// The log ends here.
  case end
  /// A block that never became durable: to be set aside and cut.
  case torn
  case refused(Refusal)

  enum Refusal: CaseIterable {
    case unknownFormat
    case misplacedBlock
    case lostBlocks
    case damagedBlock
    case strayBytes
  }

  /// A row of the table; nil stands for any.
  struct Row {
    var header: TailFacts.Header?
    var isAttested: Bool?
    var hasBytes: Bool?
    var hasBytesBeyond: Bool?
    var verdict: TailVerdict

    func matches(_ facts: TailFacts) -> Bool {
      (header ?? facts.header) == facts.header && (isAttested ?? facts.isAttested) == facts.isAttested
        && (hasBytes ?? facts.hasBytes) == facts.hasBytes
        && (hasBytesBeyond ?? facts.hasBytesBeyond) == facts.hasBytesBeyond
    }
  }

  /// The first row that matches decides.
  static let table: [Row] = [
    Row(header: .unknown, verdict: .refused(.unknownFormat)),
    Row(header: .misplaced, verdict: .refused(.misplacedBlock)),
    Row(isAttested: true, hasBytes: false, hasBytesBeyond: false, verdict: .refused(.lostBlocks)),
    Row(isAttested: true, verdict: .refused(.damagedBlock)),
    Row(hasBytesBeyond: true, verdict: .refused(.strayBytes)),
    Row(hasBytes: true, verdict: .torn),
    Row(header: .absent, verdict: .end),
  ]

  init(_ facts: TailFacts) {
    // Every combination that can occur has a row (tested). A header that is neither absent nor has bytes cannot.
    self = Self.table.first { $0.matches(facts) }?.verdict ?? .refused(.damagedBlock)
  }
}
