internal import Testing

@testable import Journal
@testable import JournalProof

@Suite struct TailVerdictTests {
  private static var everyCombination: [TailFacts] {
    var all: [TailFacts] = []
    for header in TailFacts.Header.allCases {
      for bits in 0..<8 {
        all.append(
          TailFacts(header: header, isAttested: bits & 1 != 0, hasBytes: bits & 2 != 0, hasBytesBeyond: bits & 4 != 0))
      }
    }
    return all
  }

  /// What the rules say, said otherwise than in the table.
  private func rule(_ facts: TailFacts) -> TailVerdict {
    if facts.header == .unknown { return .refused(.unknownFormat) }
    if facts.header == .misplaced { return .refused(.misplacedBlock) }
    if facts.isAttested { return .refused(facts.hasBytes || facts.hasBytesBeyond ? .damagedBlock : .lostBlocks) }
    if facts.hasBytesBeyond { return .refused(.strayBytes) }
    return facts.hasBytes ? .torn : .end
  }

  @Test func theTableSaysWhatTheRulesSay() {
    for facts in Self.everyCombination where facts.header == .absent || facts.hasBytes {
      #expect(TailVerdict(facts) == rule(facts), "\(facts)")
    }
  }

  @Test func everyRowDecidesSomething() {
    for (index, row) in TailVerdict.table.enumerated() {
      let decided = Self.everyCombination.filter { facts in
        TailVerdict.table.firstIndex { $0.matches(facts) } == index
      }
      #expect(!decided.isEmpty, "row \(index), \(row.verdict), is never reached")
    }
  }

  @Test func nothingAttestedIsEverCut() {
    for facts in Self.everyCombination where facts.isAttested || facts.hasBytesBeyond {
      #expect(TailVerdict(facts) != .torn)
      #expect(TailVerdict(facts) != .end)
    }
  }
}
