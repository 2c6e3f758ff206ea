internal import Testing

@testable import Wallet

@Suite struct Keccak256Tests {
  @Test func agreesForEveryLengthOverTwoBlocks() throws {
    let rows = try Vectors.lines("keccak.txt").map { $0.split(separator: " ", omittingEmptySubsequences: false) }
    #expect(rows.count == 301)
    for (length, row) in rows.enumerated() {
      let input = bytes(row[0])
      try #require(input.count == length)
      #expect(Keccak256.hash(input).bytes == bytes(row[1]), "length \(length)")
    }
  }

  @Test func isTheOriginalPaddingNotSHA3() {
    #expect(
      Keccak256.hash([]).description == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")
  }

  @Test func takesInputInAnyPieces() {
    var generator = SeededGenerator(seed: 1)
    let input = generator.bytes(1000)
    let expected = Keccak256.hash(input)
    for _ in 0..<50 {
      var hash = Keccak256()
      var position = 0
      while position < input.count {
        let end = min(input.count, position + Int.random(in: 0...200, using: &generator))
        hash.update(input[position..<end])
        position = end
      }
      #expect(hash.digest == expected)
    }
  }

  @Test func goesOnAfterADigest() {
    var hash = Keccak256()
    hash.update(Array("abc".utf8))
    let first = hash.digest
    #expect(first == hash.digest)
    hash.update(Array("def".utf8))
    #expect(hash.digest == Keccak256.hash(Array("abcdef".utf8)))
  }

  @Test func readsCollectionsThatAreNotContiguous() {
    let text = Array(repeating: UInt8(7), count: 200)
    #expect(Keccak256.hash(text.lazy.map { $0 }) == Keccak256.hash(text))
  }

  @Test func aDigestHas32Bytes() {
    #expect(Digest32([UInt8](repeating: 0, count: 31)) == nil)
    #expect(Digest32([UInt8](repeating: 0, count: 33)) == nil)
    #expect(Digest32(Array(0..<32))?.bytes == Array(0..<32))
  }
}
