internal import Testing

@testable import RPC

struct StreamTableTests {
  @Test(arguments: [UInt32(1), 3, 64, 1 << 16, 0x1000_0001]) func keepsWhatADictionaryKeeps(stride: UInt32) {
    var random = Seeded(UInt64(stride))
    var table = StreamTable()
    var model: [UInt32: UInt32] = [:]
    var next: UInt32 = 1
    for _ in 0..<20_000 {
      let known = model.keys.randomElement(using: &random) ?? next
      switch Int.random(in: 0..<5, using: &random) {
      case 0,
        1 where model.count < 400:
        if model[next] == nil {
          table.insert(next, next ^ 5)
          model[next] = next ^ 5
        }
        next = max(next &+ stride, 1)
      case 2:
        table.update(known, 9)
        if model[known] != nil { model[known] = 9 }
      case 3:
        #expect(table.remove(known) == model.removeValue(forKey: known))
      default:
        #expect(table.value(of: known) == model[known])
        #expect(table.value(of: known &+ 1) == model[known &+ 1])
      }
      #expect(table.count == model.count)
    }
    #expect(table.value(of: 0) == nil)
    #expect(Dictionary(uniqueKeysWithValues: table.all.map { ($0.stream, $0.value) }) == model)
    for key in model.keys { #expect(table.remove(key) == model[key]) }
    #expect(table.count == 0 && table.all.isEmpty)
  }
}
