internal import Testing

@testable import ProtoCompiler

/// What the committed proto files have none of, so that neither golden vectors nor scenarios reach it.
@Suite struct RustEmitterTests {
  private func text(of source: String) throws -> String {
    let client = try #require(ClientEmitters.clients(of: try compile(source)).first { $0.folder == "rust" })
    return client.files.map(\.text).joined()
  }

  @Test func entriesOfMapsAreDelimitedWhateverTheirValues() throws {
    let text = try text(of: "message M { map<string, int32> counts = 12; map<bool, M> more = 13; }")
    #expect(text.contains("98 => reader.entry(&mut self.counts, 10, Reader::string, 16, Reader::int32)?,"))
    #expect(text.contains("106 => reader.message_entry(&mut self.more, 8, Reader::bool, 18)?,"))
  }

  @Test func messagesThatHoldThemselvesAreBoxed() throws {
    let text = try text(of: "message M { M next = 1; repeated M all = 2; oneof kind { M one = 3; bytes raw = 4; } }")
    for line in ["pub next: Option<Box<M>>,", "pub all: Vec<M>,", "pub kind: Option<MKind>,", "One(Box<M>),"] {
      #expect(text.contains(line), "\(line)")
    }
    #expect(text.contains("34 => self.kind = Some(MKind::Raw(reader.bytes()?)),"))
  }

  @Test func keywordsAreEscaped() throws {
    let text = try text(
      of: """
        enum Kind { KIND_SELF = 0; KIND_UNRECOGNIZED = 1; }
        message M { string type = 1; string self = 2; Kind k = 3; }
        """)
    for line in ["pub r#type: String,", "pub self_: String,", "Self_,", "Unrecognized_,", "Unrecognized(i32),"] {
      #expect(text.contains(line), "\(line)")
    }
  }

  @Test func typesOfTheModulesOwnAreLeftAlone() throws {
    let text = try text(of: "message Option { Option next = 1; } message Message { repeated Option all = 1; }")
    for line in ["pub struct Option_ {", "pub next: Option<Box<Option_>>,", "impl Message for Message_ {"] {
      #expect(text.contains(line), "\(line)")
    }
    #expect(text.contains("const FULL_NAME: &'static str = \"p.Message\";"))
  }

  @Test func bracketsInCommentsAreNoLinks() throws {
    let text = try text(of: "// Of [1, 2]: a <b>, and `a[0]`.\nmessage M {}")
    #expect(text.contains("/// Of \\[1, 2\\]: a \\<b\\>, and `a[0]`."))
  }

  @Test func aOneofAndATypeOfOneNameAreRefused() {
    let location = SourceLocation(file: "a.proto", line: 1, column: 1)
    let problem = "the oneof 'kind' of 'p.M' and a type have one name in the Rust client: MKind"
    #expect(throws: ProtoError(location, problem)) {
      try ClientEmitters.clients(of: try compile("message M { oneof kind { string a = 1; } } message MKind {}"))
    }
  }
}
