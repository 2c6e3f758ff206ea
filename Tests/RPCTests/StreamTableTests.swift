internal import Testing

@testable import RPC

struct StreamTableTests {
  /// By how much each stream is greater than the one before; 0 is now this, now that.
  @Test(arguments: [UInt32(1), 3, 64, 0x1_0001, 0]) func keepsWhatADictionaryKeeps(stride: UInt32) {
    var random = Seeded(UInt64(stride))
    var table = StreamTable()
    var model: [UInt32: UInt32] = [:]
    var next: UInt32 = 1
    // Few at first, then many, then few again: the ring grows, wraps, and is tidied.
    for round in 0..<20_000 {
      let bound = round % 4000 < 2000 ? 20 : 400
      let known = model.keys.randomElement(using: &random) ?? next
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where model.count < bound, 1 where model.count < bound:
        table.insert(next, next ^ 5)
        model[next] = next ^ 5
        next += stride == 0 ? UInt32.random(in: 1...3, using: &random) : stride
      case 2:
        table.update(known, 9)
        if model[known] != nil { model[known] = 9 }
      case 3:
        #expect(table.remove(known) == model.removeValue(forKey: known))
      case 4:
        // Mostly the oldest ends.
        let oldest = model.keys.min() ?? next
        #expect(table.remove(oldest) == model.removeValue(forKey: oldest))
      default:
        #expect(table.value(of: known) == model[known])
        #expect(table.value(of: known + 1) == model[known + 1])
      }
      #expect(table.count == model.count)
    }
    #expect(table.value(of: 0) == nil && table.value(of: .max) == nil)
    for stream in 0..<min(next, 100_000) { #expect(table.value(of: stream) == model[stream]) }
    for key in model.keys { #expect(table.remove(key) == model[key]) }
    #expect(table.count == 0)
  }

  /// A call that stays open holds a slot for each that comes after it, until those are left out.
  @Test func aCallThatStaysOpenLeavesTheOthersTheirRoom() {
    var table = StreamTable()
    table.insert(1, 7)
    for stream: UInt32 in 2...100_000 {
      table.insert(stream, 0)
      #expect(table.remove(stream) == 0)
    }
    #expect(table.value(of: 1) == 7 && table.count == 1)
    #expect(table.capacity == 16)
    #expect(table.remove(99_999) == nil)
    #expect(table.remove(1) == 7)
  }
}
