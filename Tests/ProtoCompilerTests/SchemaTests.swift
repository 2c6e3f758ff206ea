internal import Testing

@testable import ProtoCompiler

@Suite struct SchemaTests {
  @Test func cardinality() throws {
    let schema = try compile(
      """
      enum E { A = 0; }
      message M {
        int32 a = 1;
        optional int32 b = 2;
        repeated int32 c = 3;
        repeated int32 d = 4 [packed = false];
        repeated string e = 5;
        repeated E f = 6;
        M g = 7;
        optional M h = 8;
        repeated M i = 9;
        map<string, M> j = 10;
        oneof k { int32 l = 11; M m = 12; }
        E n = 13;
        E o = 0x0E;
        E p = 017;
      }
      """
    )
    let message = try #require(schema.messagesByName["p.M"])
    #expect(
      message.fields.map(\.cardinality) == [
        .implicit, .explicit, .repeated(isPacked: true), .repeated(isPacked: false), .repeated(isPacked: false),
        .repeated(isPacked: true), .explicit, .explicit, .repeated(isPacked: false), .map(key: .string), .explicit,
        .explicit, .implicit, .implicit, .implicit,
      ]
    )
    #expect(message.fields.map(\.oneof).compactMap { $0 } == [0, 0])
    #expect(message.fields[5].type == .enumeration("p.E"))
    #expect(message.fields[6].type == .message("p.M"))
    #expect(message.fields.map(\.number) == Array(1...15))
  }

  @Test func namesAreLookedForFromWithin() throws {
    let schema = try compile(
      [
        "a.proto": proto3(
          """
          package x.y;
          import "b.proto";
          message Z {}
          message M {
            message Z { message W {} }
            Z a = 1;
            .x.y.Z b = 2;
            y.Z c = 3;
            x.Z d = 4;
            Z.W e = 5;
            M.Z f = 6;
            z g = 7;
            other.T h = 8;
            y.M.Z.W i = 9;
            int32 Q = 10;
            Q j = 11;
          }
          message z {}
          message Q {}
          """
        ),
        "b.proto": proto3("package x; message Z {} message T {}"),
        "c.proto": proto3("package x.y.other; message T {}"),
        "d.proto": proto3("package other; message T {}"),
      ].merging(["a.proto": ""]) { first, _ in
        first.replacing("import \"b.proto\";", with: "import \"b.proto\"; import \"d.proto\";")
      })
    let message = try #require(schema.messagesByName["x.y.M"])
    let types = message.fields.filter { $0.name != "Q" }.map { field in
      if case .message(let name) = field.type { name } else { "" }
    }
    // `x.y.other` lies further within than `other`, but in a file that is not imported.
    #expect(
      types == [
        "x.y.M.Z", "x.y.Z", "x.y.Z", "x.Z", "x.y.M.Z.W", "x.y.M.Z", "x.y.z", "other.T", "x.y.M.Z.W", "x.y.Q",
      ]
    )
  }

  @Test func recursionGoesBySingularFields() throws {
    let schema = try compile(
      """
      message Self { Self a = 1; repeated Self b = 2; map<string, Self> c = 3; oneof o { Self d = 4; } Leaf e = 5; }
      message Leaf {}
      message Even { Odd odd = 1; }
      message Odd { Even even = 1; Self other = 2; }
      message Outer { Even even = 1; }
      """
    )
    let recursive = schema.messagesByName.values
      .flatMap { message in message.fields.filter(\.isRecursive).map { message.name + "." + $0.name } }
    #expect(recursive.sorted() == ["Even.odd", "Odd.even", "Self.a", "Self.d"])
  }

  @Test func services() throws {
    let schema = try compile(
      """
      message M {}
      message stream {}
      service S {
        option deprecated = true;
        rpc A (M) returns (M);
        rpc B (stream M) returns (stream .p.M) { option (x.y).z = { a: 1 b { c: "}" } }; };
        rpc C (stream) returns (stream);
      }
      """
    )
    let service = try #require(schema.files.first?.services.first)
    #expect(service.fullName == "p.S")
    #expect(service.methods.map(\.isClientStreaming) == [false, true, false])
    #expect(service.methods.map(\.isServerStreaming) == [false, true, false])
    #expect(service.methods.map(\.request) == ["p.M", "p.M", "p.stream"])
  }

  @Test func enumsLoseTheNameOfTheirType() throws {
    let schema = try compile(
      """
      enum CustomerState { CUSTOMER_STATE_NONE = 0; CUSTOMER_STATE_ACTIVE = -0x1; reserved 5, -3 to -2; reserved "X"; }
      enum Mixed { MIXED_A = 0; B = 1; }
      enum Digits { DIGITS_1 = 0; DIGITS_A = 1; }
      enum Words { option = 0; reserved = 1; }
      """
    )
    let enums = schema.enumsByName
    #expect(enums["p.CustomerState"]?.valuePrefix == "CUSTOMER_STATE_")
    #expect(enums["p.CustomerState"]?.values.map(\.number) == [0, -1])
    #expect(enums["p.Mixed"]?.valuePrefix == "")
    #expect(enums["p.Digits"]?.valuePrefix == "")
    #expect(enums["p.Words"]?.values.map(\.name) == ["option", "reserved"])
  }

  /// What is read and changes nothing.
  @Test func whatIsIgnored() throws {
    let schema = try compile(
      #"""
      option java_package = "a" "b";
      option (a.b).c.(d) = -1.5e-3;
      option x = inf;
      option y = -inf;
      option z = a.b.c;
      ;
      message M {
        option deprecated = true;
        ;
        int32 a = 1 [deprecated = true, json_name = "\x61\141\u0061\U00000061\n\"", (x) = { a: [1, 2] }];
        reserved 5 to 9, 100 to max;
        reserved "b", 'c';
        oneof o { option (x) = 1.f; int32 d = 2; ; }
        enum E { option (x) = .5; A = 0 [deprecated = true]; ; }
      };
      """#
    )
    #expect(schema.messagesByName["p.M"]?.fields.map(\.name) == ["a", "d"])
  }

  @Test func aMarkOfTheByteOrderIsSkipped() throws {
    let schema = try Schema.compile(["a"]) { _ in [0xEF, 0xBB, 0xBF] + Array(proto3("package a;").utf8) }
    #expect(schema.files.map(\.package) == ["a"])
  }

  @Test func importsComeFirst() throws {
    let schema = try compile([
      "a": proto3("import \"c\"; import \"b\";"), "b": proto3("import weak \"c\";"), "c": proto3(""),
    ])
    #expect(schema.files.map(\.path) == ["c", "b", "a"])
  }
}
