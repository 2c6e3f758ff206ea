internal import Foundation
internal import System
internal import Testing

@testable import gatehouse

@Suite final class ReferenceProgramsTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory(prefix: "gatehouse-references-test-")
  }

  private var programs: ReferencePrograms {
    ReferencePrograms(directory: directory.path, scratch: directory.path, searchPath: "/nowhere:/bin")
  }

  /// A program that is a few lines for a shell.
  private func make(_ name: String, _ script: String) throws {
    let path = "\(directory.path)/\(name)"
    try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
  }

  @Test func programsAreFoundWhereTheyAre() throws {
    try make("load", "")
    #expect(try programs.path(of: "load") == "\(directory.path)/load")
    #expect(try programs.path(of: "sh") == "/bin/sh")
    #expect(throws: ReferencePrograms.Missing.self) { try programs.path(of: "no-such-program") }
  }

  @Test func whatTheySayIsRead() {
    let line = #"{"conns":50,"rps":1960000,"p50_us":367.5,"cpu_s":1.5}"#
    #expect(ReferencePrograms.figures(line) == .init(rate: 1_960_000, p50: 367_500))
    #expect(ReferencePrograms.recovery(#"{"what":"libsecp256k1 recover","per_s":18000,"us":55.5}"#) == 55_500)
    #expect(ReferencePrograms.redisRate(#""SET","244000.00","1.2""#) == 244_000)
    for strange in ["", "{}", "nonsense", #"{"rps":0}"#, #"{"rps":"many"}"#, #"{"what":"sign","us":5}"#] {
      #expect(ReferencePrograms.figures(strange) == nil)
      #expect(ReferencePrograms.recovery(strange) == nil)
      #expect(ReferencePrograms.redisRate(strange) == nil)
    }
    #expect(ReferencePrograms.redisRate(#""test","rps""#) == nil)
  }

  @Test func framesHaveTheirLength() {
    #expect(ReferencePrograms.frame(8) == [0, 0, 0, 4, 0x5A, 0x5A, 0x5A, 0x5A])
    #expect(ReferencePrograms.frame(0) == [0, 0, 0, 1, 0x5A])
  }

  @Test func aProgramIsRunAndRead() throws {
    try make("load", #"echo "{\"rps\":5,\"p50_us\":2}""#)
    let sleeper = try ChildProcess(
      executable: "/bin/sleep", arguments: ["60"], environment: [], errorFile: "\(directory.path)/log")
    let server = ReferenceServer(process: sleeper, port: 1)
    let figures = try programs.load(server, .init(connections: 1, inFlight: 1), frameBytes: 180, seconds: 0.1)
    #expect(figures == .init(rate: 5, p50: 2000))
    try make("secp", "echo broken")
    #expect(throws: ReferencePrograms.Missing.self) { try programs.recovery() }
  }
}
