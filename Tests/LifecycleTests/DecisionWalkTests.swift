internal import Testing

@testable import LifeProof

/// A bounded part of what `LifeProof` walks.
struct DecisionWalkTests {
  @Test func everyStepIsAsTheReferenceHasIt() {
    var walk = DecisionWalk()
    #expect(walk.walk(steps: 60_000, from: 1) == nil)
    #expect(walk.unseen.isEmpty, "every row of the table was come by")
  }
}
