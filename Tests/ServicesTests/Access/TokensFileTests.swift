internal import Lifecycle
internal import Testing

@testable import Services

struct TokensFileTests {
  private static let digest = "sha256:" + String(repeating: "0f", count: 32)
  private static let other = "sha256:" + String(repeating: "a0", count: 32)

  /// Digests of tokens that nobody has, one for each number.
  static func digest(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return "sha256:" + String(repeating: "0", count: 64 - digits.count) + digits
  }

  private func read(_ text: String) throws(TokensFileError) -> [TokenHolder] {
    try TokensFile(Array(text.utf8)).holders
  }

  @Test func linesAreReadAroundCommentsAndSpace() throws {
    let text = """
      # Whoever calls from the shop.
      \(Self.digest) shop acme partner   # until spring

      \t\(Self.other)\tops \t * platform
      """
    let holders = try read(text)
    #expect(holders.map(\.principal) == ["shop", "ops"])
    #expect(holders.map(\.tenant) == ["acme", "*"])
    #expect(holders.map(\.role) == [.partner, .platform])
    #expect(holders.map(\.digest.description) == [Self.digest, Self.other])
  }

  @Test(arguments: ["", "\n", "# nobody\n", " \t \n\n"]) func aFileMayHoldNoToken(text: String) throws {
    #expect(try read(text).isEmpty)
  }

  @Test func whatIsWrittenIsReadBack() throws {
    let holder = try TokenHolder(
      digest: TokenDigest(of: "secret"), principal: "a@b/c:d", tenant: "t-1_2.3", role: .observer)
    #expect(try read(holder.line) == [holder])
    #expect(try read(holder.line + "\n") == [holder])
  }

  /// The third line is wrong; the two before are a comment and a right one.
  @Test(arguments: [
    ("p t partner", "3 words"),
    ("\(other) p t partner x", "5 words"),
    ("p \(other) t partner", "digest"),
    ("\(other.uppercased()) p t partner", "digest"),
    ("\(other.dropLast()) p t partner", "digest"),
    ("\(other)0 p t partner", "digest"),
    ("\(other.dropLast())g p t partner", "digest"),
    ("md5:\(other.dropFirst(7)) p t partner", "digest"),
    ("\(other) p t owner", "not a role: partner, observer, platform"),
    ("\(other) p t Partner", "not a role"),
    ("\(other) p * partner", "only the platform"),
    ("\(other) p * observer", "only the platform"),
    ("\(other) p t platform", "its tenant is *"),
    ("\(other) \(String(repeating: "p", count: 65)) t partner", "principal's name"),
    ("\(other) p \(String(repeating: "t", count: 65)) partner", "tenant's name"),
    ("\(other) p\u{e9} t partner", "printable ASCII"),
    ("\(other) p t partner\r", "printable ASCII"),
    ("\(other) p\u{0} t partner", "printable ASCII"),
    ("\(digest) p t partner", "line 2 again"),
  ])
  func aWrongLineIsNamed(line: String, problem: String) {
    let text = "# tokens\n\(Self.digest) p t partner\n\(line)\n\(line)\n"
    let error = #expect(throws: TokensFileError.self) { try read(text) }
    #expect(error?.line == 3)
    #expect(error?.description.hasPrefix("line 3: ") == true)
    #expect(error?.problem.contains(problem) == true, "\(error?.problem ?? "")")
  }

  /// A token that was put into the file instead of its digest is not repeated in a message, which goes to a log.
  @Test func whatMayBeATokenIsNotShown() {
    let token = "gatehouse_secret" + String(repeating: "0", count: 58)
    for line in [
      "\(token) p t partner", "\(Self.digest) \(token) t partner", "\(Self.digest) p \(token) partner",
      "\(Self.digest) p \(token) platform", "\(Self.digest) p t \(token)", "p t partner \(token) \(Self.digest)",
    ] {
      let error = #expect(throws: TokensFileError.self) { try read(line) }
      #expect(error?.description.contains("secret") == false)
    }
  }

  @Test func anyBytesAreReadOrRefused() {
    var generator = Seeded(seed: 7)
    let pieces: [[UInt8]] = [
      Array(Self.digest.utf8), Array("sha256:".utf8), [0x20], [0x09], [0x0a], [0x23], [0xff], [0x2a],
      Array("partner".utf8), Array("platform".utf8), Array("p".utf8),
    ]
    for _ in 0..<5000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int.random(in: 0..<12, using: &generator) { bytes += pieces.randomElement(using: &generator) ?? [] }
      guard let holders = try? TokensFile(bytes).holders else { continue }
      for holder in holders { #expect((try? read(holder.line)) == [holder]) }
    }
  }

  @Test func thereAreOnlySoManyTokens() {
    let lines = (0...TokensFile.mostTokens).map { "\(Self.digest(UInt64($0))) p t partner" }
    #expect(throws: Never.self) { try read(lines.dropLast().joined(separator: "\n")) }
    let error = #expect(throws: TokensFileError.self) { try read(lines.joined(separator: "\n")) }
    #expect(error?.line == TokensFile.mostTokens + 1)
  }

  @Test func digestsDifferInAnyBit() {
    let digest = TokenDigest(of: "abc")
    #expect(digest.description == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(digest.difference(from: TokenDigest(of: "abc")) == 0)
    for index in 7..<71 {
      var text = Array(digest.description.utf8)
      text[index] = text[index] == 0x30 ? 0x31 : 0x30
      let changed = TokenDigest(String(decoding: text, as: UTF8.self)[...])
      #expect(changed.map { digest.difference(from: $0) != 0 } == true)
    }
  }
}

/// Numbers that look random and are the same each time.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
