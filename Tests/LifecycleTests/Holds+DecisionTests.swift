internal import Testing

@testable import Lifecycle

@Suite struct HoldsDecisionTests {
  /// Every set of open holds that there can be.
  private static let openSets: [HoldKinds] = (1..<8 as Range<UInt16>).map { HoldKinds(bits: $0 << 1) }
  /// Every set of kinds that an Activate can name, none included.
  private static let namedSets: [HoldKinds] = (0..<8 as Range<UInt16>).map { HoldKinds(bits: $0 << 1) }

  private func held(_ kinds: HoldKinds) -> Standing {
    .inactive(kinds.elements.map { Hold(kind: $0, reason: "because", at: start) })
  }

  @Test func thePlatformLiftsWhatItNamesOrAll() {
    for open in Self.openSets {
      for named in Self.namedSets {
        let left = named.isEmpty ? [] : open.subtracting(named)
        let expected: Decision =
          left.isEmpty
          ? .change(.settled, refusal: nil) : left == open ? .unchanged : .change(held(left), refusal: nil)
        #expect(decided(held(open), .activate(named)) == expected, "\(open.elements) \(named.elements)")
      }
    }
  }

  @Test func thePartnerLiftsItsOwnAndOperationalHoldsUnlessThereIsRisk() {
    for open in Self.openSets {
      for named in Self.namedSets {
        let decision = decided(held(open), .activate(named), by: .partner)
        if named.contains(.risk) {
          #expect(decision == .refused(.holdKindNotAllowed(.risk)))
        } else if open.contains(.risk) {
          #expect(decision == .refused(.onHold([.risk])))
        } else {
          #expect(decision == decided(held(open), .activate(named)))
        }
      }
    }
  }

  @Test func deactivateAddsOneHoldOfAKind() {
    let now = start + 7
    for open in [[]] + Self.openSets {
      let standing = open.isEmpty ? Standing.settled : held(open)
      for role in [Role.partner, .platform] {
        for named in [nil, .partner, .operational, .risk] as [HoldKind?] {
          let decision = decided(standing, .deactivate(named, reason: "new"), by: role, at: now)
          let kind = named ?? (role == .partner ? .partner : .operational)
          if role == .partner && kind != .partner {
            #expect(decision == .refused(.holdKindNotAllowed(kind)))
          } else if open.contains(kind) {
            #expect(decision == .unchanged)
          } else {
            let holds = standing.holds + [Hold(kind: kind, reason: "new", at: now)]
            #expect(decision == .change(.inactive(holds), refusal: nil))
          }
        }
      }
    }
  }

  @Test func liftingKeepsTheOrderOfTheOthers() {
    let standing = Standing.held(.risk, .partner, .operational)
    #expect(decided(standing, .activate([.partner])).standing == .held(.risk, .operational))
  }

  /// Never written, but a reader of old journals need not trust that.
  @Test func noHoldAtAllIsLiftedByAnyActivate() {
    #expect(decided(.inactive([]), .activate([.risk])) == .change(.settled, refusal: nil))
  }
}
