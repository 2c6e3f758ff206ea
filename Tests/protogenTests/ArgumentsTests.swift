internal import Testing

@testable import protogen

@Suite struct ArgumentsTests {
  private func parse(_ words: String) -> Result<Arguments, Arguments.Mistake> {
    do throws(Arguments.Mistake) {
      return .success(try Arguments(words.split(separator: " ").map(String.init)))
    } catch {
      return .failure(error)
    }
  }

  @Test func whatIsAskedFor() throws {
    let write = try parse("--proto a --swift b").get()
    #expect(write.proto == "a" && write.swift == "b" && !write.isCheck && !write.isHelp)
    let clients = try parse("--proto a --clients c").get()
    #expect(clients.clients == "c" && clients.swift.isEmpty)
    #expect(try parse("--proto a --swift-client d").get().swiftClient == "d")
    #expect(try parse("--check --swift b --proto a").get().isCheck)
    #expect(try parse("--help").get().isHelp)
    #expect(try parse("-h").get().isHelp)
  }

  @Test func mistakes() {
    #expect(parse("") == .failure(.missing("--proto")))
    #expect(parse("--proto a") == .failure(.missing("--swift")))
    #expect(parse("--swift b") == .failure(.missing("--proto")))
    #expect(parse("--proto") == .failure(.missingValue("--proto")))
    #expect(parse("--proto --swift b") == .failure(.missingValue("--proto")))
    #expect(parse("--proto a --swift b --rust c") == .failure(.unknown("--rust")))
    #expect(parse("--proto a --swift b c") == .failure(.unknown("c")))
  }

  @Test func helpNamesEveryArgument() {
    for argument in ["--proto", "--swift", "--swift-client", "--clients", "--check", "--help"] {
      #expect(Arguments.help.contains(argument))
    }
  }
}
