internal import Testing

@testable import Confinement

@Suite struct LentTests {
  private struct Pair: Equatable {
    var name: String
    var numbers: [Int]
  }

  @Test func anElementIsSeenWhereItLies() {
    let pairs = (0..<10).map { Pair(name: "a name that takes memory \($0)", numbers: [$0]) }
    for index in pairs.indices {
      #expect(pairs.lend(index) { $0.value.name == pairs[index].name && $0.value.numbers == [index] })
    }
  }

  @Test func whatTheBodyThrowsComesOut() {
    struct Failed: Error {}
    #expect(throws: Failed.self) { try [1].lend(0) { _ throws(Failed) -> Int in throw Failed() } }
  }

  @Test func aValueIsSeenByItsAddress() {
    let pair = Pair(name: "by address", numbers: [1, 2, 3])
    withUnsafePointer(to: pair) { address in
      #expect(address.lend { $0.value.numbers.count + $0.value.name.utf8.count } == 13)
    }
  }
}
