internal import Testing

@testable import gatehouse

@Suite struct MixedWorkloadTests {
  @Test func sharesAreRead() throws {
    let shares = try ValueForm<CallShares>.shares.parse("create=1,get=3")
    #expect(shares.total == 4)
    #expect((0..<4).map { shares.kind($0) } == [.get, .get, .get, .create])
    #expect(shares.text == "get=3,create=1")
    #expect(try ValueForm<CallShares>.shares.parse(shares.text) == shares)
  }

  @Test(arguments: ["", "get", "get=", "get=-1", "put=1", "get=1,get=2", "get=0", "get=1,", "get=1000001"])
  func otherSharesAreRefused(_ text: String) {
    #expect(throws: ValueProblem.self) { try ValueForm<CallShares>.shares.parse(text) }
  }

  @Test func identifiersLieSideBySide() {
    var known = KnownIdentifiers(count: 3)
    Array("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee".utf8).withUnsafeBytes { known.set(1, $0) }
    Array("short".utf8).withUnsafeBytes { known.set(2, $0) }
    var texts: [String] = []
    for number in 0..<3 { known.withIdentifier(number) { texts.append(String(decoding: $0, as: UTF8.self)) } }
    #expect(texts[1] == "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee")
    #expect(texts[0] == texts[2])
  }
}
