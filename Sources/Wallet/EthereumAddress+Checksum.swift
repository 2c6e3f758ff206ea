internal import ByteText
extension EthereumAddress {
  /// The length of an address as text: `0x` and 40 digits.
  public static let textLength = 42

  /// The address as text with EIP-55's checksum: ASCII, one Keccak-256, no allocation.
  public var checksummed: InlineArray<42, UInt8> { text(raising: checksumCase) }

  /// Which digits EIP-55 writes as upper-case letters: the first of the 40 digits is bit 39, the last bit 0. One
  /// Keccak-256; of several addresses `checksumCases` costs much less each.
  public var checksumCase: UInt64 {
    var next: EthereumAddress? = self
    var cases: UInt64 = 0
    Self.checksumCases(of: { next.take() }, to: { cases = $0 })
    return cases
  }

  /// Hands the `checksumCase` of each address that `next` brings to `sink`, in their order, until `next` brings nil.
  ///
  /// Up to eight addresses are asked for before their answers are given: with AVX-512 the hashes of eight at once take
  /// as long as that of one on the general registers, with AVX2 those of four as long as two. Allocates nothing.
  public static func checksumCases(of next: () -> EthereumAddress?, to sink: (UInt64) -> Void) {
    checksumCases(.best, of: next, to: sink)
  }

  /// The same with chosen instructions.
  static func checksumCases(
    _ instructions: AddressHashes.Instructions, of next: () -> EthereumAddress?, to sink: (UInt64) -> Void
  ) {
    var addresses = InlineArray<8, EthereumAddress>(repeating: .zero)
    var hashes = AddressHashes()
    var isEnd = false
    while !isEnd {
      var count = 0
      while count < addresses.count {
        guard let address = next() else {
          isEnd = true
          break
        }
        addresses[count] = address
        hashes.put(address, at: count)
        count += 1
      }
      hashes.compute(count, instructions)
      for index in 0..<count {
        // By its bytes, for the same reason as the hash.
        let address = withUnsafeMutableBytes(of: &addresses) {
          $0.load(fromByteOffset: index &* MemoryLayout<EthereumAddress>.stride, as: EthereumAddress.self)
        }
        sink(address.checksumCase(ofHash: hashes.hash(at: index)))
      }
    }
  }

  /// `checksumCase`, given the Keccak-256 of the 40 lower-case digits.
  private func checksumCase(ofHash digest: Digest32) -> UInt64 {
    Self.raised(word0, by: digest.word0) &<< 24
      | Self.raised(word1, by: digest.word1) &<< 8
      | Self.raised(UInt64(word2) &<< 32, by: digest.word2) &>> 8
  }

  /// The digits among the sixteen of a word that are letters and whose nibble of the hash is at least 8: the first
  /// digit is bit 15.
  private static func raised(_ digits: UInt64, by hash: UInt64) -> UInt64 {
    // A nibble is a letter when it is 10 or more: bit 3, and bit 2 or bit 1. Bit 3 of each nibble is left of it.
    let letters = digits & (digits &<< 1 | digits &<< 2)
    var bits = (letters & hash) &>> 3 & 0x1111_1111_1111_1111
    // Sixteen bits, four apart, drawn together by halves.
    bits = (bits | bits &>> 3) & 0x0303_0303_0303_0303
    bits = (bits | bits &>> 6) & 0x000F_000F_000F_000F
    bits = (bits | bits &>> 12) & 0x0000_00FF_0000_00FF
    return (bits | bits &>> 24) & 0xFFFF
  }

  /// The address as text, with those of these digits that are letters as upper-case ones.
  func text(raising raised: UInt64) -> InlineArray<42, UInt8> {
    var text = InlineArray<42, UInt8>(repeating: 0)
    withUnsafeMutableBytes(of: &text) { write(raising: raised, to: $0) }
    return text
  }

  /// Appends the same, straight to where it stays: a copy would wait until the processor has all of it in its cache.
  @inline(__always)
  func appendText(raising raised: UInt64, to output: inout OutputRawSpan) {
    output.withUnsafeMutableBytes { room, count in
      write(raising: raised, to: UnsafeMutableRawBufferPointer(rebasing: room[count...]))
      count &+= Self.textLength
    }
  }

  @inline(__always)
  private func write(raising raised: UInt64, to text: UnsafeMutableRawBufferPointer) {
    precondition(text.count >= Self.textLength)
    @inline(__always)
    func store(_ digits: UInt64, _ raised: UInt64, at offset: Int) {
      let digits = Hexadecimal.raise(digits, UInt8(truncatingIfNeeded: raised))
      text.storeBytes(of: digits, toByteOffset: offset, as: UInt64.self)
    }
    let (front, middle) = (word0.hexadecimalDigits, word1.hexadecimalDigits)
    text.storeBytes(of: Self.prefix, toByteOffset: 0, as: UInt16.self)
    store(front.x, raised &>> 32, at: 2)
    store(front.y, raised &>> 24, at: 10)
    store(middle.x, raised &>> 16, at: 18)
    store(middle.y, raised &>> 8, at: 26)
    store(word2.hexadecimalDigits, raised, at: 34)
  }

  /// `0x`, as it lies in memory.
  private static var prefix: UInt16 { (UInt16(UInt8(ascii: "x")) &<< 8 | UInt16(UInt8(ascii: "0"))).littleEndian }

  /// Runs `body` on the 42 bytes of `checksummed`; the buffer is valid only during the call.
  public func withChecksummedText<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: checksummed, body)
  }

  /// Reads `0x` and 40 hexadecimal digits: all of one case, or mixed as EIP-55 says.
  public init(text: UnsafeRawBufferPointer) throws(AddressError) {
    let spelled = try SpelledAddress(text)
    if spelled.isMixed && spelled.capitals != spelled.address.checksumCase { throw .checksum }
    self = spelled.address
  }

  /// The same for text kept in any collection of UTF-8 bytes.
  public init(text: some Collection<UInt8>) throws(AddressError) {
    self = try withContiguousBytes(of: text) { raw in
      Result { () throws(AddressError) in try EthereumAddress(text: raw) }
    }.get()
  }

  /// The same for a string.
  public init(text: String) throws(AddressError) { try self.init(text: text.utf8) }

  /// Whether these bytes are this address' text with EIP-55's checksum.
  func isChecksummedText(_ text: UnsafeRawBufferPointer) -> Bool {
    withChecksummedText { $0.elementsEqual(text) }
  }

  private var lowerCase: InlineArray<42, UInt8> { text(raising: 0) }
}

extension EthereumAddress: CustomStringConvertible {
  /// `0x` and 40 digits with EIP-55's checksum.
  public var description: String {
    withChecksummedText { String(decoding: $0, as: UTF8.self) }
  }
}
