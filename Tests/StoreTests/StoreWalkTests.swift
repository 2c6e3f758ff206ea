internal import System
internal import Testing

@testable import LifeProof

/// A bounded part of what `LifeProof` walks.
struct StoreWalkTests {
  @Test(arguments: [1, 2, 3] as [UInt64])
  func everyStepIsAsTheReferenceHasItAndSoIsEveryRestart(seed: UInt64) throws {
    let directory = try TemporaryDirectory(prefix: "gatehouse-life-")
    let walk = try StoreWalk(directory: directory.path + "/data", seed: seed)
    #expect(try walk.walk(steps: 5_000) == nil)
    #expect(walk.restarts > 0)
  }
}
