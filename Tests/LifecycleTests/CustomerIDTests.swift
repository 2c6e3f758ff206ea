internal import Testing

@testable import Lifecycle

@Suite struct CustomerIDTests {
  /// RFC 9562, appendix A.6.
  private let published = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"

  @Test func isTheUUIDOfTheStandard() {
    let id = CustomerID(milliseconds: 0x017F_22E2_79B0, randomA: 0xCC3, randomB: 0x18C4_DC0C_0C07_398F)
    #expect(id.description == published)
    #expect(CustomerID(published) == id)
  }

  @Test func keepsVersionAndVariantWhateverTheRandomBits() {
    let id = CustomerID(milliseconds: -1, randomA: .max, randomB: .max)
    #expect(id.description == "ffffffff-ffff-7fff-bfff-ffffffffffff")
    let zero = CustomerID(milliseconds: 0, randomA: 0, randomB: 0)
    #expect(zero.description == "00000000-0000-7000-8000-000000000000")
  }

  @Test func ordersByTimeAndTextAlike() {
    var generator = SplitMix(state: 3)
    var ids = [CustomerID]()
    for step in 0..<200 as Range<Int64> {
      ids.append(CustomerID(at: start + step * 1000, using: &generator))
    }
    #expect(ids == ids.sorted())
    #expect(ids.map(\.description) == ids.map(\.description).sorted())
    #expect(Set(ids).count == ids.count)
  }

  @Test func bytesAndTextRoundTrip() {
    var generator = SplitMix(state: 4)
    for _ in 0..<200 {
      let id = CustomerID(high: generator.next(), low: generator.next())
      var bytes = [UInt8]()
      for index in 0..<16 { bytes.append(id.bytes[index]) }
      #expect(bytes.withUnsafeBytes { CustomerID(bytes: $0) } == id)
      var text = [UInt8]()
      for index in 0..<CustomerID.textLength { text.append(id.text[index]) }
      #expect(text.withUnsafeBytes { CustomerID(utf8: $0) } == id)
      #expect(String(decoding: text, as: UTF8.self) == id.description)
    }
    let id = CustomerID(high: 0x0001_0203_0405_0607, low: 0x0809_0A0B_0C0D_0E0F)
    for index in 0..<16 { #expect(id.bytes[index] == UInt8(index)) }
    #expect([UInt8](repeating: 0, count: 15).withUnsafeBytes { CustomerID(bytes: $0) } == nil)
    #expect([UInt8](repeating: 0, count: 17).withUnsafeBytes { CustomerID(bytes: $0) } == nil)
  }

  @Test func takesNoOtherTextThanWasHandedOut() {
    let text = Array(published.utf8)
    for position in text.indices {
      for byte in UInt8.min...UInt8.max {
        var mutated = text
        mutated[position] = byte
        let hyphen = [8, 13, 18, 23].contains(position)
        let expected = hyphen ? byte == UInt8(ascii: "-") : "0123456789abcdef".utf8.contains(byte)
        #expect((mutated.withUnsafeBytes { CustomerID(utf8: $0) } != nil) == expected, "byte \(byte) at \(position)")
      }
    }
    for wrong in ["", "-", published + "0", String(published.dropLast()), published.uppercased(), "{\(published)}"] {
      #expect(CustomerID(wrong) == nil)
    }
  }
}
