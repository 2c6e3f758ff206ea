internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import gatehouse

@Suite struct ComputingBenchTests {
  private let timer = StepTimer(nanoseconds: 1, repetitions: 2)

  @Test func eachStepIsCounted() {
    var steps = 0
    let result = timer.measure("a", "things", [], bytes: 10) { index in
      steps += 1
      return index
    }
    #expect(result.runs.count == 2)
    #expect(result.runs.allSatisfy { $0.count > 0 && $0.latency.count == $0.count && $0.wireBytes == $0.count * 10 })
    // And some before, to find out how many in a row are enough.
    #expect(UInt64(steps) > result.count)
  }

  @Test func signaturesAreFoundGenuine() {
    #expect(SignatureBench().isSound)
  }

  @Test func allPartsOfACheckAreMeasured() {
    let results = SignatureBench().run(timer)
    #expect(results.map(\.title) == ["all", "recover", "digest", "parse"].map { "signature step=\($0)" })
    #expect(results.allSatisfy { $0.count > 0 })
  }

  @Test func messagesAreAsTheyCome() throws {
    let samples = CodecSamples()
    #expect(
      try GatehouseV1.CreateCustomerResponse(decoding: samples.createResponse.encoded()) == samples.createResponse)
    #expect(try GatehouseV1.WatchResponse(decoding: samples.watchResponse.encoded()) == samples.watchResponse)
    #expect(try GatehouseJournalV1.Record(decoding: samples.record.encoded()) == samples.record)
    #expect(samples.createRequest.encoded().count > 150)
  }

  @Test func everyMessageIsBoundedByCopying() {
    let results = CodecBench(timer).run()
    #expect(results.count == 17)
    #expect(results.allSatisfy { $0.bounds.count == 1 && $0.bounds[0].floor.value > 0 })
    #expect(Set(results.map(\.title)).count == results.count)
  }

  @Test func checksumsAreMeasuredInTurnsWithOneHashAfterTheOther() {
    let results = ChecksumBench().run(timer)
    #expect(results.count == 8)
    #expect(results.allSatisfy { $0.name == "checksum" && $0.count > 0 })
    #expect(results.filter { $0.title.contains("one hash after the other") }.count == 4)
  }

  @Test(arguments: ["signature", "codec"])
  func theCommandPrintsATable(_ name: String) {
    let recording = RecordingConsole()
    let program = Program(root: .root, console: recording.console())
    let code = program.run(["bench", name, "--duration", "1ms", "--repetitions", "1"])
    #expect(code == .success, "\(recording.complaints)")
    #expect(recording.written.contains("\n\(name) "))
  }
}
