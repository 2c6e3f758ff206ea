internal import Testing

@testable import ProtoCompiler

/// Each rule is broken once: where the error is, and what it says.
@Suite struct ErrorTests {
  struct Mistake: CustomTestStringConvertible {
    /// Behind the line `syntax = "proto3";`.
    var text: String
    /// "line:column: message".
    var error: String
    var testDescription: String { text }

    init(_ text: String, _ error: String) {
      self.text = text
      self.error = error
    }
  }

  private func error(_ files: [String: String]) -> String? {
    do throws(ProtoError) {
      _ = try compile(files)
      return nil
    } catch {
      return error.description
    }
  }

  // MARK: The words

  @Test(arguments: [
    Mistake("message M { int32 a = 1; } é", "2:28: unexpected character U+00E9"),
    Mistake("message M { int32 a = 1; }\u{7}", "2:27: unexpected character U+0007"),
    Mistake("/* a\nb", "2:1: the comment does not end"),
    Mistake("import \"a", "2:8: the string does not end on its line"),
    Mistake("import 'a\n';", "2:8: the string does not end on its line"),
    Mistake("import \"a\\", "2:10: the string does not end on its line"),
    Mistake("import \"a\\q\";", "2:10: unknown escape in a string"),
    Mistake("import \"a\\xg\";", "2:10: expected 1 digits after the escape"),
    Mistake("import \"a\\u00e\";", "2:10: expected 4 digits after the escape"),
    Mistake("import \"\\U00110000\";", "2:9: the escape names no character"),
    Mistake("import \"\\ud800\";", "2:9: the escape names no character"),
    Mistake("import \"\\xff\";", "2:8: the string is not UTF-8"),
    Mistake("message M { int32 a = 1x; }", "2:23: '1x' is not a number"),
    Mistake("message M { int32 a = 0x; }", "2:23: '0x' is not a number"),
    Mistake("message M { int32 a = 1.2.3; }", "2:23: '1.2.3' is not a number"),
    Mistake("message M { int32 a = 1e; }", "2:23: '1e' is not a number"),
    Mistake("message M { int32 a = 1e+; }", "2:23: '1e+' is not a number"),
  ])
  func words(_ mistake: Mistake) {
    #expect(error(["a.proto": proto3(mistake.text)]) == "a.proto:" + mistake.error)
  }

  // MARK: The grammar

  @Test(arguments: [
    Mistake(
      "messages M {}", "2:1: expected 'import', 'package', 'option', 'message', 'enum' or 'service', found 'messages'"),
    Mistake("}", "2:1: expected 'import', 'package', 'option', 'message', 'enum' or 'service', found '}'"),
    Mistake(
      "syntax = \"proto3\";",
      "2:1: expected 'import', 'package', 'option', 'message', 'enum' or 'service', found 'syntax'"),
    Mistake("extend M {}", "2:1: extensions are not supported"),
    Mistake("package;", "2:8: expected a package name, found ';'"),
    Mistake("package a.;", "2:11: expected a name behind the dot, found ';'"),
    Mistake("package a\nmessage M {}", "3:1: expected ';', found 'message'"),
    Mistake("package a; package b;", "2:12: the package was named before"),
    Mistake("import b.proto;", "2:8: expected the path of a proto file, as a string, found 'b'"),
    Mistake("import public \"b\"", "2:18: expected ';', found the end of the file"),
    Mistake("option = 1;", "2:8: expected the name of an option, found '='"),
    Mistake("option (a = 1;", "2:11: expected ')', found '='"),
    Mistake("option a;", "2:9: expected '=', found ';'"),
    Mistake("option a = ;", "2:12: expected a value, found ';'"),
    Mistake("option a = -x;", "2:13: expected a number, found 'x'"),
    Mistake("option a = { b: { c: 1 }", "2:25: expected '}', found the end of the file"),
    Mistake("message {}", "2:9: expected the name of a message, found '{'"),
    Mistake("message M", "2:10: expected '{', found the end of the file"),
    Mistake(
      "message M {",
      "2:12: expected a field, 'message', 'enum', 'oneof', 'reserved', 'option' or '}', found the end of the file"),
    Mistake(
      "message M { = }", "2:13: expected a field, 'message', 'enum', 'oneof', 'reserved', 'option' or '}', found '='"),
    Mistake("message M { int32 = 1; }", "2:19: expected the name of a field, found '='"),
    Mistake("message M { int32 a; }", "2:20: expected '=', found ';'"),
    Mistake("message M { int32 a = b; }", "2:23: expected the number of the field, found 'b'"),
    Mistake("message M { int32 a = -1; }", "2:23: expected the number of the field, found '-'"),
    Mistake("message M { int32 a = \"1\"; }", "2:23: expected the number of the field, found a string"),
    Mistake("message M { int32 a = 1 }", "2:25: expected ';', found '}'"),
    Mistake("message M { int32 a = 1 [deprecated]; }", "2:36: expected '=', found ']'"),
    Mistake("message M { int32 a = 1 [deprecated = true; }", "2:43: expected ']', found ';'"),
    Mistake("message M { required int32 a = 1; }", "2:13: 'required' is not part of proto3"),
    Mistake("message M { group A = 1 {} }", "2:13: groups are not part of proto3"),
    Mistake("message M { optional group A = 1 {} }", "2:22: groups are not part of proto3"),
    Mistake("message M { extensions 4 to 5; }", "2:13: extensions are not supported"),
    Mistake("message M { map<string> a = 1; }", "2:23: expected ',', found '>'"),
    Mistake("message M { map<string, > a = 1; }", "2:25: expected the type of the map's values, found '>'"),
    Mistake("message M { map<, string> a = 1; }", "2:17: expected the type of the map's keys, found ','"),
    Mistake(
      "message M { repeated map<int32, int32> a = 1; }",
      "2:13: a map is neither 'repeated' nor 'optional' nor within a oneof"),
    Mistake("message M { map<int32, map<int32, int32>> a = 1; }", "2:27: expected '>', found '<'"),
    Mistake(
      "message M { oneof o { map<int32, int32> a = 1; } }",
      "2:23: a map is neither 'repeated' nor 'optional' nor within a oneof"),
    Mistake(
      "message M { oneof o { repeated int32 a = 1; } }", "2:23: a field of a oneof is neither 'repeated' nor 'optional'"
    ),
    Mistake("message M { oneof o {} }", "2:19: the oneof 'o' has no fields"),
    Mistake("message M { oneof { int32 a = 1; } }", "2:19: expected the name of a oneof, found '{'"),
    Mistake("message M { option message_set_wire_format = true; }", "2:20: message sets are not part of proto3"),
    Mistake("enum {}", "2:6: expected the name of an enum, found '{'"),
    Mistake("enum E { 1 = A; }", "2:10: expected a value, 'option', 'reserved' or '}', found '1'"),
    Mistake("enum E { A = x; }", "2:14: expected the number of the value, found 'x'"),
    Mistake("enum E { A = - x; }", "2:16: expected the number of the value, found 'x'"),
    Mistake(
      "enum E { option allow_alias = true; A = 0; }",
      "2:17: aliases are not supported: each value has a number of its own"),
    Mistake(
      "enum E { option allow_alias = 1; A = 0; }", "2:31: expected 'true' or 'false' for 'allow_alias', found '1'"),
    Mistake("service {}", "2:9: expected the name of a service, found '{'"),
    Mistake("service S { R }", "2:13: expected 'rpc', 'option' or '}', found 'R'"),
    Mistake("service S { rpc (M) returns (M); }", "2:17: expected the name of a method, found '('"),
    Mistake("service S { rpc R M returns (M); }", "2:19: expected '(', found 'M'"),
    Mistake("service S { rpc R (M) return (M); }", "2:23: expected 'returns', found 'return'"),
    Mistake("service S { rpc R () returns (M); }", "2:20: expected the name of a message, found ')'"),
    Mistake("service S { rpc R (M) returns (M) }", "2:35: expected ';', found '}'"),
    Mistake("service S { rpc R (M) returns (M) { a } }", "2:37: expected 'option' or '}', found 'a'"),
  ])
  func grammar(_ mistake: Mistake) {
    #expect(error(["a.proto": proto3(mistake.text)]) == "a.proto:" + mistake.error)
  }

  @Test(arguments: [
    Mistake("", "1:1: expected 'syntax = \"proto3\";' as the first line, found the end of the file"),
    Mistake("message M {}", "1:1: expected 'syntax = \"proto3\";' as the first line, found 'message'"),
    Mistake("edition = \"2023\";", "1:1: expected 'syntax = \"proto3\";' as the first line, found 'edition'"),
    Mistake("\n  syntax = \"proto2\";", "2:12: expected \"proto3\", found \"proto2\""),
    Mistake("syntax proto3;", "1:8: expected '=', found 'proto3'"),
    Mistake("syntax = proto3;", "1:10: expected \"proto3\", found 'proto3'"),
    Mistake("syntax = \"proto3\"", "1:18: expected ';', found the end of the file"),
  ])
  func firstLine(_ mistake: Mistake) {
    #expect(error(["a.proto": mistake.text]) == "a.proto:" + mistake.error)
  }

  @Test func notUTF8() {
    #expect(throws: ProtoError(SourceLocation(file: "a", line: 1, column: 1), "the file is not UTF-8")) {
      _ = try Schema.compile(["a"]) { _ in [0x2F, 0x2F, 0xFF] }
    }
  }

  @Test func nestingIsBounded() {
    func nested(_ depth: Int) -> String {
      proto3(String(repeating: "message M {", count: depth) + String(repeating: "}", count: depth))
    }
    #expect(error(["a.proto": nested(32)]) == nil)
    #expect(error(["a.proto": nested(33)]) == "a.proto:2:361: messages are nested more than 32 deep")
    #expect(error(["a.proto": nested(10_000)]) == "a.proto:2:361: messages are nested more than 32 deep")
  }

  // MARK: Numbers, names and options

  @Test(arguments: [
    Mistake("message M { int32 a = 0; }", "2:23: the number 0 is not within 1 to 536870911"),
    Mistake("message M { int32 a = 536870912; }", "2:23: the number 536870912 is not within 1 to 536870911"),
    Mistake("message M { int32 a = 0x20000000; }", "2:23: the number 536870912 is not within 1 to 536870911"),
    Mistake("message M { int32 a = 9223372036854775808; }", "2:23: '9223372036854775808' is out of range"),
    Mistake("message M { int32 a = 99999999999999999999; }", "2:23: '99999999999999999999' is out of range"),
    Mistake("message M { int32 a = 19000; }", "2:23: the numbers 19000 to 19999 are protobuf's own"),
    Mistake("message M { int32 a = 19999; }", "2:23: the numbers 19000 to 19999 are protobuf's own"),
    Mistake("message M { int32 a = 1; int32 b = 1; }", "2:36: the number 1 is that of 'a' at a.proto:2:19"),
    Mistake("message M { int32 a = 1; oneof o { int32 b = 1; } }", "2:46: the number 1 is that of 'a' at a.proto:2:19"),
    Mistake("message M { int32 a = 1; int32 a = 2; }", "2:32: 'M.a' is defined at a.proto:2:19 as a field"),
    Mistake("message M { int32 a = 1; oneof a { int32 b = 2; } }", "2:32: 'M.a' is defined at a.proto:2:19 as a field"),
    Mistake("message M { int32 A = 1; message A {} }", "2:34: 'M.A' is defined at a.proto:2:19 as a field"),
    Mistake("message M { int32 a_b = 1; int32 aB = 2; }", "2:34: 'aB' and 'a_b' are the same name in camel case"),
    Mistake("message M { int32 a = 1; reserved 1; }", "2:23: the number 1 is reserved at a.proto:2:35"),
    Mistake("message M { int32 a = 7; reserved 1, 5 to 9; }", "2:23: the number 7 is reserved at a.proto:2:38"),
    Mistake(
      "message M { int32 a = 536870911; reserved 9 to max; }",
      "2:23: the number 536870911 is reserved at a.proto:2:43"),
    Mistake("message M { int32 a = 1; reserved \"b\", \"a\"; }", "2:19: the name 'a' is reserved at a.proto:2:40"),
    Mistake("message M { reserved 0; }", "2:22: 0 is not within 1 to 536870911"),
    Mistake("message M { reserved 1 to 536870912; }", "2:27: 536870912 is not within 1 to 536870911"),
    Mistake("message M { reserved 5 to 4; }", "2:27: the range ends before it begins"),
    Mistake("message M { reserved 1 to 5, 5; }", "2:30: the range overlaps the one at a.proto:2:22"),
    Mistake("message M { reserved a; }", "2:22: expected a reserved number, or a reserved name as a string, found 'a'"),
    Mistake(
      "message M { reserved 1, \"a\"; }",
      "2:25: expected a reserved number, or a reserved name as a string, found a string"),
    Mistake("message M { reserved \"a\", 1; }", "2:27: expected the name of a reserved field, as a string, found '1'"),
    Mistake("message M { reserved 1 to x; }", "2:27: expected a number or 'max', found 'x'"),
    Mistake("message M { int32 a = 1 [packed = true]; }", "2:26: only repeated numbers, bools and enums can be packed"),
    Mistake(
      "message M { repeated string a = 1 [packed = true]; }",
      "2:36: only repeated numbers, bools and enums can be packed"),
    Mistake(
      "message M { repeated M a = 1 [packed = false]; }", "2:31: only repeated numbers, bools and enums can be packed"),
    Mistake(
      "message M { map<int32, int32> a = 1 [packed = true]; }",
      "2:38: only repeated numbers, bools and enums can be packed"),
    Mistake(
      "message M { repeated int32 a = 1 [packed = yes]; }", "2:44: expected 'true' or 'false' for 'packed', found 'yes'"
    ),
    Mistake("message M { int32 a = 1 [default = 1]; }", "2:26: default values are not part of proto3"),
    Mistake(
      "message M { repeated int32 a = 1 [packed = true, packed = true]; }", "2:50: the option 'packed' was set before"),
    Mistake("enum E {}", "2:6: the enum 'E' has no values"),
    Mistake("enum E { A = 1; }", "2:14: the first value of an enum has the number 0"),
    Mistake("enum E { A = 0; B = 0; }", "2:21: the number 0 is that of 'A' at a.proto:2:10"),
    Mistake("enum E { A = 0; A = 1; }", "2:17: 'A' is defined at a.proto:2:10 as a value of an enum"),
    Mistake("enum E { E_A_B = 0; E_a_b = 1; }", "2:21: 'E_a_b' and 'E_A_B' are the same name in camel case"),
    Mistake("enum E { A = 0; B = 2147483648; }", "2:21: 2147483648 does not fit in 32 bits"),
    Mistake("enum E { A = 0; B = -2147483649; }", "2:21: -2147483649 does not fit in 32 bits"),
    Mistake("enum E { A = 0; B = 5; reserved -2 to max; }", "2:14: the number 0 is reserved at a.proto:2:33"),
    Mistake("enum E { A = 0; reserved \"A\"; }", "2:10: the name 'A' is reserved at a.proto:2:26"),
    Mistake("enum E { A = 0; reserved -2147483649; }", "2:26: -2147483649 is not within -2147483648 to 2147483647"),
    Mistake("enum E { A = 0; } enum F { A = 0; }", "2:28: 'A' is defined at a.proto:2:10 as a value of an enum"),
    Mistake("message M {} message M {}", "2:22: 'M' is defined at a.proto:2:9 as a message"),
    Mistake("message M {} enum M { A = 0; }", "2:19: 'M' is defined at a.proto:2:9 as a message"),
    Mistake("message M {} service M {}", "2:22: 'M' is defined at a.proto:2:9 as a message"),
    Mistake(
      "message M {} service S { rpc R (M) returns (M); rpc R (M) returns (M); }",
      "2:53: 'S.R' is defined at a.proto:2:30 as a method"),
  ])
  func rules(_ mistake: Mistake) {
    #expect(error(["a.proto": proto3(mistake.text)]) == "a.proto:" + mistake.error)
  }

  // MARK: Types and imports

  @Test(arguments: [
    Mistake("message M { N a = 1; }", "2:13: 'N' is not defined"),
    Mistake("message M { int a = 1; }", "2:13: 'int' is not defined"),
    Mistake("message M { .N a = 1; }", "2:13: '.N' is not defined"),
    Mistake("message M { repeated a.b.N a = 1; }", "2:22: 'a.b.N' is not defined"),
    Mistake("message M { map<string, N> a = 1; }", "2:25: 'N' is not defined"),
    Mistake("message M { message A {} A.B b = 1; }", "2:26: 'A.B', which means 'M.A.B' here, is not defined"),
    Mistake("message M { int32 a = 1; a b = 2; }", "2:26: 'a' is not defined"),
    Mistake("enum E { A = 0; } message M { A a = 1; }", "2:31: 'A' is a value of an enum, not a message or an enum"),
    Mistake("service S {} message M { S a = 1; }", "2:26: 'S' is a service, not a message or an enum"),
    Mistake("package p; message M { p a = 1; }", "2:24: 'p' is a package, not a message or an enum"),
    Mistake(
      "message M { map<float, string> a = 1; }", "2:17: the keys of a map are integers, 'bool' or 'string', not 'float'"
    ),
    Mistake(
      "message M { map<double, string> a = 1; }",
      "2:17: the keys of a map are integers, 'bool' or 'string', not 'double'"),
    Mistake(
      "message M { map<bytes, string> a = 1; }", "2:17: the keys of a map are integers, 'bool' or 'string', not 'bytes'"
    ),
    Mistake("message M { map<M, string> a = 1; }", "2:17: the keys of a map are integers, 'bool' or 'string', not 'M'"),
    Mistake(
      "enum E { A = 0; } message M { map<E, string> a = 1; }",
      "2:35: the keys of a map are integers, 'bool' or 'string', not 'E'"),
    Mistake("message M {} service S { rpc R (N) returns (M); }", "2:33: 'N' is not defined"),
    Mistake("message M {} service S { rpc R (M) returns (string); }", "2:45: 'string' is not defined"),
    Mistake(
      "enum E { A = 0; } message M {} service S { rpc R (M) returns (E); }", "2:63: 'E' is an enum, not a message"),
    Mistake("import \"b.proto\";", "2:8: there is no file 'b.proto'"),
    Mistake("import \"a.proto\";", "2:8: the import makes a circle: a.proto -> a.proto"),
  ])
  func types(_ mistake: Mistake) {
    #expect(error(["a.proto": proto3(mistake.text)]) == "a.proto:" + mistake.error)
  }

  @Test func importsAreHeldAgainstEachOther() {
    let message = proto3("package q; message M {}")
    #expect(
      error(["a.proto": proto3("import \"b.proto\";\nimport \"b.proto\";"), "b.proto": message])
        == "a.proto:3:8: 'b.proto' was imported before"
    )
    #expect(
      error([
        "a.proto": proto3("import \"b.proto\";"), "b.proto": proto3("import \"c.proto\";"),
        "c.proto": proto3("import \"b.proto\";"),
      ]) == "c.proto:2:8: the import makes a circle: b.proto -> c.proto -> b.proto"
    )
    #expect(
      error(["a.proto": proto3("message N { q.M a = 1; }"), "b.proto": message])
        == "a.proto:2:13: 'q.M' is defined in 'b.proto', which is not imported"
    )
    #expect(
      error(["a.proto": proto3("package q;\nmessage M {}"), "b.proto": message])
        == "b.proto:2:20: 'q.M' is defined at a.proto:3:9 as a message"
    )
    #expect(
      error(["a.proto": proto3("message q {}"), "b.proto": message])
        == "b.proto:2:9: 'q' is defined at a.proto:2:9 as a message"
    )
    // An import is seen through once, and only when it is public.
    let outer = proto3("import \"b.proto\"; message N { q.M a = 1; }")
    #expect(
      error(["a.proto": outer, "b.proto": proto3("import \"c.proto\";"), "c.proto": message])
        == "a.proto:2:31: 'q.M' is defined in 'c.proto', which is not imported"
    )
    #expect(error(["a.proto": outer, "b.proto": proto3("import public \"c.proto\";"), "c.proto": message]) == nil)
  }

  /// Whatever is done to a file, the compiler answers with an error that lies within it, or with a schema.
  @Test func mutatedFilesAreRefusedAtAPlaceWithin() throws {
    let original = Array(try ProtoFolder.text("gatehouse/rpc/v1/frame.proto").utf8)
    var random = SystemRandomNumberGenerator()
    var refused = 0
    for _ in 0..<500 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(Array("{}=;\"/*<>[]().0a".utf8).randomElement(using: &random) ?? 0, at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + 40))
        }
      }
      let mutated = bytes
      do throws(ProtoError) {
        _ = try Parser.parse(mutated, path: "a")
      } catch {
        refused += 1
        let lines = mutated.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        #expect(lines.indices.contains(error.location.line - 1))
        #expect((1...lines[error.location.line - 1].count + 1).contains(error.location.column))
      }
    }
    #expect(refused > 100)
  }
}
