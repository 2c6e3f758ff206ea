internal import Foundation
internal import ProtobufWire
internal import Testing

@testable import WireRoundtrip

/// The golden vectors of the clients, which google.protobuf made: what they are held to, the server's sources are.
@Suite struct GoldenVectorTests {
  private struct Vector: Decodable {
    var message: String
    var bytes: String
    var canonical: String?
    var refused: Bool?
  }

  private static func committed() throws -> [Vector] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "clients/vectors/vectors.json")
    return try JSONDecoder().decode([Vector].self, from: Data(contentsOf: file))
  }

  private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = Array(hexadecimal.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
      UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
    }
  }

  @Test func everyVectorIsTakenAsTheClientsTakeIt() throws {
    let vectors = try Self.committed()
    #expect(vectors.count > 500)
    for vector in vectors {
      let outcome = bytes(vector.bytes).withUnsafeBytes { Roundtrip.run(vector.message, $0) }
      if let canonical = vector.canonical {
        #expect(outcome == .encoded(bytes(canonical)), "\(vector.message) \(vector.bytes)")
      } else if case .refused = outcome {
        #expect(vector.refused == true)
      } else {
        Issue.record("not refused: \(vector.message) \(vector.bytes)")
      }
    }
  }

  // MARK: Other languages, where they are installed

  @Test(.enabled(if: ClientRunner.python.isInstalled, "Python is not installed"))
  func everyVectorIsTakenSoInPython() throws { try check(.python) }

  @Test(.enabled(if: ClientRunner.node.isInstalled, "Node is not installed"))
  func everyVectorIsTakenSoInJavaScript() throws { try check(.node) }

  @Test(.enabled(if: ClientRunner.go.isInstalled, "Go is not installed"))
  func everyVectorIsTakenSoInGo() throws { try check(.go) }

  @Test(.enabled(if: ClientRunner.java.isInstalled, "Java is not installed"))
  func everyVectorIsTakenSoInJava() throws { try check(.java) }

  @Test(.enabled(if: ClientRunner.rust.isInstalled, "Rust is not installed"))
  func everyVectorIsTakenSoInRust() throws { try check(.rust) }

  private func check(_ runner: ClientRunner) throws {
    let (count, wrong) = try runner.checkVectors()
    #expect(count == (try Self.committed()).count)
    #expect(wrong.isEmpty, "\(wrong)")
  }
}
