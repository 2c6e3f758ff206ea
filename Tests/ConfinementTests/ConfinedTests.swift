internal import Testing

@testable import Confinement

@Suite struct ConfinedTests {
  private final class Witness {
    private let report: () -> Void
    init(_ report: @escaping () -> Void) { self.report = report }
    deinit { report() }
  }

  private struct Counter: ~Copyable {
    var count = 0
    var witness: Witness
  }

  @Test func aValueIsChangedInPlace() {
    let list = Confined([1, 2, 3])
    let before = list.value.withUnsafeBufferPointer { $0.baseAddress }
    list.value[1] = 5
    #expect(list.value == [1, 5, 3])
    #expect(list.value.withUnsafeBufferPointer { $0.baseAddress } == before)
  }

  @Test func aValueThatCannotBeCopiedIsLentAndChanged() {
    let counter = Confined(Counter(witness: Witness {}))
    for _ in 0..<3 { counter.value.count += 1 }
    #expect(counter.value.count == 3)
  }

  @Test func theValueEndsWithItsPlace() {
    var ended = 0
    do {
      let counter = Confined(Counter(witness: Witness { ended += 1 }))
      counter.value.count += 1
      #expect(ended == 0)
    }
    #expect(ended == 1)
  }
}
