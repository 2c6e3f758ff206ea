internal import System
internal import Testing

@testable import Store

struct SlotIndexTests {
  @Test func findsWhatWasInserted() {
    var index = SlotIndex()
    var generator = SystemRandomNumberGenerator()
    let hashes = (0..<20_000).map { _ in generator.next() as UInt64 }
    for (slot, hash) in hashes.enumerated() { index.insert(hash: hash, slot: UInt32(slot)) }
    for (slot, hash) in hashes.enumerated() {
      #expect(index.find(hash: hash) { $0 == UInt32(slot) } == UInt32(slot))
    }
  }

  @Test func findsNothingInAnEmptyIndexOrUnderAnotherHash() {
    var index = SlotIndex()
    #expect(index.find(hash: 7) { _ in true } == nil)
    index.insert(hash: 7 << 32, slot: 1)
    #expect(index.find(hash: 8 << 32) { _ in true } == nil)
    #expect(index.find(hash: 7 << 32 | 1) { _ in true } == nil, "another shard")
  }

  @Test(arguments: [0, 1, 1000, 20_000, 60_000])
  func roomMadeAheadChangesNothing(reserved: Int) {
    var index = SlotIndex()
    var generator = SystemRandomNumberGenerator()
    let hashes = (0..<20_000).map { _ in generator.next() as UInt64 }
    for (slot, hash) in hashes[..<5000].enumerated() { index.insert(hash: hash, slot: UInt32(slot)) }
    index.reserve(reserved)
    for (slot, hash) in hashes.enumerated().dropFirst(5000) {
      index.prefetch(hash: hash)
      index.insert(hash: hash, slot: UInt32(slot))
    }
    for (slot, hash) in hashes.enumerated() {
      #expect(index.find(hash: hash) { $0 == UInt32(slot) } == UInt32(slot))
    }
  }

  @Test(arguments: [0, 1, 31, 32, 33, 5000, 20_000])
  func whatWaitsIsFoundOnceItIsEntered(later: Int) {
    var index = SlotIndex()
    var generator = SystemRandomNumberGenerator()
    let hashes = (0..<20_000).map { _ in generator.next() as UInt64 }
    for (slot, hash) in hashes[later...].enumerated() { index.insert(hash: hash, slot: UInt32(later + slot)) }
    for (slot, hash) in hashes[..<later].enumerated() { index.insertLater(hash: hash, slot: UInt32(slot)) }
    let hadWaiting = index.hasWaiting
    index.insertWaiting()
    let hasWaiting = index.hasWaiting
    #expect(hadWaiting == (later > 0) && !hasWaiting)
    for (slot, hash) in hashes.enumerated() {
      #expect(index.find(hash: hash) { $0 == UInt32(slot) } == UInt32(slot))
    }
  }

  /// All of one shard, so that many come together when it is still small.
  @Test func aSmallShardGrowsForAllThatWait() {
    var index = SlotIndex()
    for slot in 0..<200 as Range<UInt32> { index.insertLater(hash: UInt64(slot) << 32, slot: slot) }
    index.insertWaiting()
    for slot in 0..<200 as Range<UInt32> { #expect(index.find(hash: UInt64(slot) << 32) { _ in true } == slot) }
  }

  @Test func tellsCollidingKeysApartByTheCaller() {
    var index = SlotIndex()
    for slot in 0..<500 as Range<UInt32> { index.insert(hash: 42, slot: slot) }
    #expect(index.find(hash: 42) { $0 == 499 } == 499)
    #expect(index.find(hash: 42) { $0 == 500 } == nil)
  }
}

struct SlabArrayTests {
  @Test func keepsElementsAcrossSlabs() {
    var array = SlabArray<String>()
    for number in 0..<5000 { array.append("element \(number) that is longer than an inline string") }
    #expect(array.count == 5000)
    array[4096] = "changed"
    #expect(array[4096] == "changed")
    #expect(array[1023].hasPrefix("element 1023 "))
    #expect(array[1024].hasPrefix("element 1024 "))
  }

  @Test func releasesItsElements() {
    final class Token {}
    weak var weakToken: Token?
    do {
      var array = SlabArray<Token>()
      for _ in 0..<1500 { array.append(Token()) }
      let token = Token()
      weakToken = token
      array.append(token)
    }
    #expect(weakToken == nil)
  }

  /// Each look-up waits for the lines that a customer lies on: no more of them than it fills.
  @Test func aCustomerLiesOnThreeCacheLines() {
    #expect(MemoryLayout<CustomerRecord>.stride == 3 * Memory.cacheLineBytes)
    var lines = SlabArray<SIMD8<UInt64>>()
    for number in 0..<(2 * SlabArray<SIMD8<UInt64>>.slabCapacity + 1) {
      lines.append(SIMD8(repeating: UInt64(number)))
      #expect(Int(bitPattern: lines.address(of: number)) % Memory.cacheLineBytes == 0)
    }
  }
}

struct SipHashTests {
  /// The vectors of the reference implementation, `vectors_sip128`: key 00…0f, message 00 01 … of growing length.
  @Test(arguments: [
    (0, "a3817f04ba25a8e66df67214c7550293"), (1, "da87c1d86b99af44347659119b22fc45"),
    (7, "a1f1ebbed8dbc153c0b84aa61ff08239"), (8, "3b62a9ba6258f5610f83e264f31497b4"),
    (15, "5493e99933b0a8117e08ec0f97cfc3d9"), (16, "6ee2a4ca67b054bbfd3315bf85230577"),
  ])
  func agreesWithTheReference(length: Int, expected: String) {
    var hash = SipHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
    (0..<length).map { UInt8($0) }.withUnsafeBytes { hash.update($0) }
    let digest = hash.finish()
    let bytes = withUnsafeBytes(of: (digest.low.littleEndian, digest.high.littleEndian)) { Array($0) }
    let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(text == expected)
  }

  /// However the message is cut into pieces, and whichever of the two ways in they take.
  @Test func piecesAreOneMessage() {
    let message = (0..<40).map { UInt8(truncatingIfNeeded: $0 * 37) }
    var whole = SipHash(key: (1, 2))
    for byte in message { whole.update(byte) }
    let expected = whole.finish()
    for cut in 0...message.count {
      var hash = SipHash(key: (1, 2))
      message[..<cut].withUnsafeBytes { hash.update($0) }
      message[cut...].withUnsafeBytes { hash.update($0) }
      #expect(hash.finish() == expected, "cut at \(cut)")
    }
  }
}

struct KeyHashTests {
  /// SipHash-1-3 of the message 00 01 … under the key 00…0f, by another implementation.
  @Test(arguments: [
    (0, "dcc40f055801acab"), (1, "93ca577df39bf4c9"), (7, "4011b19b987d92d3"), (8, "8e9a298d11959036"),
    (15, "5699512a6dd820d3"), (16, "668b907d1add4fcc"), (23, "23c1e6da7f0e5a52"),
  ])
  func isSipHash(length: Int, expected: String) {
    var hash = KeyHash(key: (0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908))
    (0..<length).map { UInt8($0) }.withUnsafeBytes { hash.combine($0) }
    let bytes = withUnsafeBytes(of: hash.finish().littleEndian) { Array($0) }
    #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == expected)
  }

  @Test func whereAPartEndsCounts() {
    func hash(_ parts: [UInt8]...) -> UInt64 {
      var hash = KeyHash(key: (1, 2))
      for part in parts { part.withUnsafeBytes { hash.combine($0) } }
      return hash.finish()
    }
    #expect(hash([1, 2], [3]) != hash([1], [2, 3]))
    #expect(hash([1, 2], [3]) == hash([1, 2], [3]))
    #expect(hash([], [1]) != hash([1], []))
  }
}
