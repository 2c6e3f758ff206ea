internal import GatehouseAPI
internal import ProtobufWire
internal import Testing

@testable import WireRoundtrip

/// Our decoder and encoder against what upb, protobuf's reference parser, said of the same bytes. `differential.py`
/// makes the cases; it compares many more than are kept.
@Suite struct CorpusTests {
  @Test func everyCaseIsTakenAsUPBTakesIt() throws {
    let cases = try Corpus.committed()
    var refusals: Set<String> = []
    var accepted = 0
    for entry in cases {
      let outcome = entry.message.withUnsafeBytes { Roundtrip.run(entry.name, $0) }
      if let canonical = entry.canonical {
        accepted += 1
        #expect(outcome == .encoded(canonical), "\(entry.name) \(entry.message)")
      } else if case .refused(let error) = outcome {
        refusals.insert("\(error)")
      } else {
        Issue.record("upb refuses \(entry.name) \(entry.message)")
      }
    }
    #expect(cases.count > 2000)
    #expect(accepted > 500)
    #expect(
      refusals == [
        "truncated", "varintTooLong", "invalidTag", "invalidWireType", "lengthTooGreat", "nestingTooDeep",
        "unmatchedGroup", "invalidUTF8",
      ]
    )
  }

  /// Cutting a case anywhere, and narrowing the reader to it within more bytes, never reads past its end.
  @Test func nothingBehindTheEndIsRead() throws {
    for entry in try Corpus.committed() where entry.message.count <= 40 {
      for count in 0...entry.message.count {
        let cut = Array(entry.message[..<count])
        // The bytes behind would make a longer message of it.
        let alone = cut.withUnsafeBytes { Roundtrip.run(entry.name, $0) }
        let within = entry.message.withUnsafeBytes {
          Roundtrip.run(entry.name, UnsafeRawBufferPointer(rebasing: $0[..<count]))
        }
        #expect(alone == within, "\(entry.name) \(cut)")
      }
    }
  }

  /// What was encoded is a fixed point: it is accepted and encoded alike.
  @Test func encodingIsStable() throws {
    for entry in try Corpus.committed() {
      guard let canonical = entry.canonical else { continue }
      #expect(canonical.withUnsafeBytes { Roundtrip.run(entry.name, $0) } == .encoded(canonical))
    }
  }

  @Test func everyMessageMadeForItIsInTheCorpus() throws {
    let names = Set(try Corpus.committed().map(\.name))
    #expect(Set(WireRoundtrip.MessageTypes.all.map { $0.protoName }).subtracting(names) == [])
  }
}
