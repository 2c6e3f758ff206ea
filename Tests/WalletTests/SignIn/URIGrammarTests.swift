internal import Testing

@testable import Wallet

@Suite struct URIGrammarTests {
  private static func offence(_ text: String, _ check: (UnsafeRawBufferPointer) -> Int?) -> Int? {
    Array(text.utf8).withUnsafeBytes(check)
  }

  @Test(arguments: [
    "https://app.example", "https://app.example:8443/", "https://u:p@h/p;a=b/%20?q=/?#f/?", "http://[::1]:80/", "a:",
    "a:b", "a:/b",
    "A1+-.:x", "urn:isbn:0451450523", "did:key:z6Mk", "mailto:a@b.example", "file:///etc", "https://", "https://?#",
    "https:?",
    "tel:+1-816-555-1212", "http://[v1.a:b]/", "http://%41/", "a:#", "a:/", "ldap://[2001:db8::7]/c=GB?objectClass?one",
  ]) func knowsURIs(text: String) {
    #expect(Self.offence(text, URIGrammar.firstOffenceInURI) == nil)
  }

  @Test(arguments: [
    ("", 0), ("app", 3), ("//app.example", 0), ("1a:b", 0), (":b", 0), ("a b:c", 1), ("https//app", 5),
    ("https://a b", 9),
    ("https://a/<", 10), ("https://a/%2", 12), ("https://a/%", 11), ("https://a/%zz", 11), ("https://a/%1g", 12),
    ("https://a?|", 10), ("https://a#b#c", 11), ("https://a:8x/", 11), ("https://[::1/", 12), ("https://[:]/", 9),
    ("https://é", 8), ("https://a@b@c", 11), ("https://a\n", 9), ("https://[::1]x", 13), ("a:[", 2),
    ("https://a/\"", 10), ("a_b:c", 1),
  ]) func findsTheFirstOffence(text: String, position: Int) {
    #expect(Self.offence(text, URIGrammar.firstOffenceInURI) == position)
  }

  @Test(
    arguments: [
      ("app.example", nil), ("app.example:8443", nil), ("app.example:", nil), ("user:pass@app.example:1", nil),
      ("127.0.0.1", nil),
      ("[::]", nil), ("[::1]:80", nil), ("xn--bcher-kva.example", nil), ("a%20b", nil), ("good@evil", nil), ("", nil),
      ("@", nil), (":", nil),
      ("a/b", 1), ("a?b", 1), ("a#b", 1), ("a b", 1), ("a\\b", 1), ("bücher.example", 1), ("a:b:c", 2), ("a:1a", 3),
      ("a@b@c", 3),
      ("[::1", 4), ("[::1]a", 5), ("[", 1), ("[]", 1), ("a[b]", 1), ("https://app", 6), ("a%", 2), ("a%2", 3),
      ("a%g0", 2),
    ] as [(String, Int?)]) func knowsAuthorities(text: String, position: Int?)
  {
    #expect(Self.offence(text, URIGrammar.firstOffenceInAuthority) == position)
  }

  @Test(arguments: [
    ("::", true), ("::1", true), ("1::", true), ("1:2:3:4:5:6:7:8", true), ("2001:db8::7", true),
    ("1:2:3:4:5:6:7::", true),
    ("::2:3:4:5:6:7:8", true), ("1::3:4:5:6:7:8", true), ("::1.2.3.4", true), ("1:2:3:4:5:6:1.2.3.4", true),
    ("::ffff:255.255.255.255", true),
    ("1:2:3:4:5::1.2.3.4", true), ("ABCD::ef01", true), ("", false), (":", false), (":::", false),
    ("1:2:3:4:5:6:7", false),
    ("1:2:3:4:5:6:7:8:9", false), ("1:2:3:4:5:6:7:8::", false), ("::1::", false), ("1::2::3", false),
    ("12345::", false), ("g::", false),
    ("1:2:3:4:5:6:7:1.2.3.4", false), ("::1.2.3", false), ("::1.2.3.256", false), ("::01.2.3.4", false),
    ("1.2.3.4", false),
    ("1.2.3.4::", false), ("1:2:3:4:5:6:7:", false), (":1:2:3:4:5:6:7", false), ("::1%eth0", false),
    ("1:2:3:4:5:6::1.2.3.4", false),
    ("::1.2.3.4:1", false), ("::1.2.3.4.5", false), ("1::2:", false), ("1:::2", false),
  ]) func knowsIPv6Addresses(text: String, isAddress: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { IPLiteral.isAddress($0) } == isAddress)
  }

  @Test func survivesEveryPairOfBytes() {
    let checks = [
      URIGrammar.firstOffenceInURI, URIGrammar.firstOffenceInAuthority, URIGrammar.firstOffenceInStatement,
      URIGrammar.firstOffenceInPathSegment, URIGrammar.firstOffenceInScheme,
    ]
    for first in UInt8.min...UInt8.max {
      for second in [UInt8](0...255) where second < 128 || second == 255 {
        for check in checks {
          let offence = [first, second].withUnsafeBytes(check)
          #expect(offence.map { 0...2 ~= $0 } ?? (first < 128 && second < 128))
        }
      }
    }
  }
}
