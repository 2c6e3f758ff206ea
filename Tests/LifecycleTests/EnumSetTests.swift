internal import Testing

@testable import Lifecycle

@Suite struct EnumSetTests {
  @Test func everySubsetOfKindsBehavesLikeASet() {
    for left in 0..<8 as Range<UInt16> {
      for right in 0..<8 as Range<UInt16> {
        let (a, b) = (HoldKinds(bits: left << 1), HoldKinds(bits: right << 1))
        let (setA, setB) = (Set(a.elements), Set(b.elements))
        #expect(Set(a.union(b).elements) == setA.union(setB))
        #expect(Set(a.intersection(b).elements) == setA.intersection(setB))
        #expect(Set(a.subtracting(b).elements) == setA.subtracting(setB))
        #expect((a == b) == (setA == setB))
        #expect(a.isEmpty == setA.isEmpty)
        #expect(a.count == setA.count)
        #expect(a.first == a.elements.first)
      }
    }
  }

  @Test func holdsEveryCaseInOrder() {
    #expect(States.all.elements == State.allCases)
    #expect(HoldKinds.all.elements == HoldKind.allCases)
    #expect(Roles.all.elements == Role.allCases)
    #expect(CommandNames.all.elements == CommandName.allCases)
    #expect(([.risk, .partner] as HoldKinds).elements == [.partner, .risk])
  }

  @Test func dropsBitsThatStandForNoCase() {
    #expect(HoldKinds(bits: .max) == .all)
    #expect(HoldKinds(bits: 1).isEmpty)
    #expect(HoldKinds(bits: 1 << 4).isEmpty)
  }
}
