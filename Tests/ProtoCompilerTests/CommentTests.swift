internal import Testing

@testable import ProtoCompiler

/// Which comment belongs to what: the expectations are what `protoc --include_source_info` says of the same file.
@Suite struct CommentTests {
  static let file = """
    // Head of file.

    // Before syntax.
    syntax = "proto3";  // trailing syntax

    // detached

    package c;

    // Leading M.
    //
    //   indented
    message M {  // trailing M
      // leading a
      int32 a = 1;  // trailing a
      // leading b
      int32 b = 2;
      // trailing b, on the next line

      // detached

      /* block leading c */
      int32 c = 3; /* between */ /* two */ int32 d = 4;
      /*
       * Stars
       *   kept in
       */
      int32 e = 5;
      // at the end of the scope
    }
    // after M

    // Leading E.
    enum E {
      // zero
      Z = 0; // z
      Y = 1;
      // end of E
    }
    /* one */ /* two */
    message N {}
    // first
    // second
    message O { int32 x = 1; } // trailing O
    service S { // s
      // leading r
      rpc R(M) returns (N); // trailing r
      rpc Q(M) returns (N) { // trailing q
        option deprecated = true;
      }
    }
    message P {
      oneof o { // trailing o
        // leading p
        int32 p = 1;
        int32 q = 2; // trailing q
      }
    } // at the end, without a further line
    """

  @Test func theyAreAttachedAsByProtoc() throws {
    let file = try Parser.parse(Array(Self.file.utf8), path: "c")
    #expect(file.comments.leading == "Before syntax.")
    #expect(file.messages.map(\.name.text) == ["M", "N", "O", "P"])
    #expect(
      file.messages.map(\.comments) == [
        Comments(leading: "Leading M.\n\n  indented", trailing: "trailing M"), Comments(leading: "two"),
        Comments(leading: "first\nsecond"), Comments(),
      ]
    )
    #expect(
      file.messages[0].fields.map(\.comments) == [
        Comments(leading: "leading a", trailing: "trailing a"),
        Comments(leading: "leading b", trailing: "trailing b, on the next line"),
        Comments(leading: "block leading c"), Comments(),
        Comments(leading: "Stars\n  kept in", trailing: "at the end of the scope"),
      ]
    )
    #expect(file.enums[0].comments == Comments(leading: "Leading E."))
    #expect(
      file.enums[0].values.map(\.comments) == [
        Comments(leading: "zero", trailing: "z"), Comments(trailing: "end of E"),
      ]
    )
    #expect(file.services[0].comments == Comments(trailing: "s"))
    #expect(
      file.services[0].methods.map(\.comments) == [
        Comments(leading: "leading r", trailing: "trailing r"), Comments(trailing: "trailing q"),
      ]
    )
    #expect(file.messages[3].oneofs.map(\.comments) == [Comments(trailing: "trailing o")])
    #expect(
      file.messages[3].fields.map(\.comments) == [Comments(leading: "leading p"), Comments(trailing: "trailing q")]
    )
  }

  @Test func paragraphsAreFilled() {
    let text = "one two\nthree four\n\nfive\n  laid out\n- item one\n- item two\nsix"
    #expect(
      CommentText.lines(text, width: 13)
        == ["one two three", "four", "", "five", "  laid out", "- item one", "- item two", "six"]
    )
    #expect(CommentText.lines("a-word-that-is-too-long b", width: 5) == ["a-word-that-is-too-long", "b"])
  }
}
