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
  ///
  /// Another process writes it: while this one does, a process that another test starts would hold the file open for
  /// writing for a moment, and a file that somebody writes cannot be run.
  private func make(_ name: String, _ script: String) throws {
    let text = "\(directory.path)/\(name).text"
    try "#!/bin/sh\n\(script)\n".write(toFile: text, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: text)
    let copying = try ChildProcess(
      executable: "/bin/cp", arguments: [text, "\(directory.path)/\(name)"], environment: [],
      errorFile: "\(directory.path)/log")
    // It says nothing, and ends.
    #expect(copying.nextLine(within: 30_000) == nil)
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

  /// Of two that are started one after the other, the second finds nothing of the first.
  @Test func redisBeginsWithNothingInIt() throws {
    let script = """
      for directory; do :; done
      for file in "$directory"/*; do [ -e "$file" ] && exit 41; done
      : > "$directory/log"
      exit 40
      """
    try make("redis-server", script)
    for _ in 0..<2 {
      do {
        _ = try programs.serveRedis()
        Issue.record("it does not listen")
      } catch {
        #expect(error.reason == "redis-server takes no connections: exited(40)")
      }
    }
  }

  @Test func whatDriversSayIsRead() {
    let line = #"{"conns":50,"replies":9,"per_s":280000,"errors":0,"p50_us":41.5,"cpu_s":0.5}"#
    #expect(ReferencePrograms.gatehouseFigures(line) == .init(rate: 280_000, p50: 41_500))
    #expect(ReferencePrograms.gatehouseFigures(line.replacingOccurrences(of: "rs\":0", with: "rs\":1")) == nil)
    #expect(ReferencePrograms.h2loadRate("finished in 1.50s, 38312.00 req/s, 1.10MB/s") == 38_312)
    let requests = "requests: 9 total, 9 started, 9 done, 8 succeeded, 1 failed, 0 errored, 0 timeout"
    #expect(ReferencePrograms.h2loadFailures(requests) == 1)
    for strange in ["", "finished in", "finished in 1s, many req/s, 1MB/s", "requests: many failed, 0", "{}"] {
      #expect(ReferencePrograms.gatehouseFigures(strange) == nil)
      #expect(ReferencePrograms.h2loadRate(strange) == nil)
      #expect(ReferencePrograms.h2loadFailures(strange) == nil)
    }
  }

  @Test func gRPCIsLoadedUnlessCallsFail() throws {
    let sleeper = try ChildProcess(
      executable: "/bin/sleep", arguments: ["60"], environment: [], errorFile: "\(directory.path)/log")
    let server = ReferenceServer(process: sleeper, port: 1)
    let load = ScenarioResult.Load(connections: 1, inFlight: 1)
    func says(_ failures: Int) -> String {
      """
      echo starting; echo; echo "finished in 1.00s, 700.50 req/s, 1.10MB/s"
      echo "requests: 9 total, 9 started, 9 done, 9 succeeded, \(failures) failed, 0 errored, 0 timeout"
      """
    }
    try make("h2load", says(0))
    #expect(try programs.loadGRPC(server, .createCustomer, load, seconds: 0.1).rate == 700.5)
    try make("h2load", says(3))
    #expect(throws: ReferencePrograms.Missing.self) {
      try programs.loadGRPC(server, .createCustomer, load, seconds: 0.1)
    }
  }

  @Test func gRPCCallsAreMessagesOfTexts() {
    let put = ReferencePrograms.GRPCCall.put(valueBytes: 200).request
    #expect(put[..<7] == [0, 0, 0, 0, 241, 0x0A, 36])
    #expect(put[43..<46] == [0x12, 0xC8, 0x01])
    #expect(put[46...] == ArraySlice([UInt8](repeating: 0x7A, count: 200)))
    #expect(ReferencePrograms.GRPCCall(path: "a.B/C", texts: []).request == [0, 0, 0, 0, 0])
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
