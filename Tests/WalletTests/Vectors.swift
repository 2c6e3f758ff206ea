internal import Foundation
internal import Testing

@testable import Wallet

/// The vectors that `Vectors/generate.py` made with other people's implementations.
enum Vectors {
  /// The lines of a file, each split at its spaces.
  static func rows(_ name: String) throws -> [[Substring]] {
    try lines(name).map { $0.split(separator: " ") }
  }

  static func lines(_ name: String) throws -> [Substring] {
    try String(contentsOf: url(name), encoding: .utf8).split(separator: "\n")
  }

  /// The JSON object of each line.
  static func objects(_ name: String) throws -> [[String: Any]] {
    try lines(name).map { line in
      try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  private static func url(_ name: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Vectors/\(name)")
  }
}

/// The bytes that hexadecimal digits write; anything else between them is passed over.
func bytes(_ hexadecimal: some StringProtocol) -> [UInt8] {
  let digits = hexadecimal.utf8.compactMap(Hexadecimal.value(of:))
  return stride(from: 0, to: digits.count - 1, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func number(_ hexadecimal: some StringProtocol) throws -> UInt256 {
  try #require(UInt256(bigEndian: bytes(hexadecimal)))
}

/// A reproducible generator (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

  mutating func scalar() -> Scalar { Scalar(reducing: UInt256(next(), next(), next(), next())) }

  mutating func element() throws -> FieldElement {
    try #require(FieldElement(UInt256(next(), next(), next(), next() >> 1)))
  }
}
