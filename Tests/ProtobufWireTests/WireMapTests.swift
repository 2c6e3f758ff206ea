internal import Testing

@testable import ProtobufWire

@Suite struct WireMapTests {
  @Test func canonicallyEquivalentKeysAreTwo() {
    var map: WireMap<String, Int32> = ["\u{E9}": 1]
    map["e\u{301}"] = 2
    #expect(map.count == 2)
    #expect(map["\u{E9}"] == 1)
    #expect(map["e\u{301}"] == 2)
    #expect(map.keys.map { [UInt8]($0.utf8) } == [[0x65, 0xCC, 0x81], [0xC3, 0xA9]])
  }

  @Test func itIsWalkedInTheOrderOfItsKeys() {
    let strings: WireMap<String, Int32> = ["b": 1, "": 2, "ab": 3, "a": 4, "\u{E9}": 5]
    #expect(strings.keys == ["", "a", "ab", "b", "\u{E9}"])
    let numbers: WireMap<Int32, Int32> = [1: 1, -1: 2, 0: 3]
    #expect(numbers.keys == [-1, 0, 1])
    let booleans: WireMap<Bool, Int32> = [true: 1, false: 2]
    #expect(booleans.values == [2, 1])
  }

  /// Up to and past the count where the representation changes, forwards and backwards.
  @Test(arguments: [0, 1, 31, 32, 33, 200])
  func itAgreesWithADictionary(count: Int) {
    for keys in [Array(0..<count), Array((0..<count).reversed())] {
      var map = WireMap<Int64, Int>()
      var dictionary = [Int64: Int]()
      for key in keys {
        let spread = Int64(key) * 7919 % 211
        map[spread] = key
        dictionary[spread] = key
        map[spread] = key + 1
        dictionary[spread] = key + 1
      }
      #expect(map.count == dictionary.count)
      #expect(map.map(\.key) == dictionary.keys.sorted())
      #expect(map == WireMap(dictionary))
      for key in Int64(-1)...211 { #expect(map[key] == dictionary[key]) }
      for key in dictionary.keys.sorted().prefix(count / 2) {
        map[key] = nil
        dictionary[key] = nil
      }
      map[-5] = nil
      #expect(map == WireMap(dictionary))
      #expect(map.isEmpty == dictionary.isEmpty)
    }
  }

  @Test func equalityIsOfKeysAndValues() {
    #expect(WireMap(["a": 1]) != WireMap(["a": 2]))
    #expect(WireMap(["a": 1]) != WireMap(["b": 1]))
    #expect(WireMap(["a": 1]) != WireMap(["a": 1, "b": 1]))
    #expect(WireMap<String, Int>() == [:])
  }

  @Test func itDescribesItself() {
    #expect(WireMap(["b": 1, "a": 2]).description == "[a: 2, b: 1]")
    #expect(WireMap<String, Int>().description == "[:]")
    #expect(WireMap(["a": 1])["b", default: 7] == 7)
  }
}
