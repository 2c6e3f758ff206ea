internal import Wallet

/// How long EIP-55's checksum of an address takes, with so many addresses at once, and what one hash after the other
/// takes.
struct ChecksumBench: Sendable {
  private let addresses: [EthereumAddress]
  /// What is hashed for each: its digits.
  private let digits: [[UInt8]]

  init() {
    addresses = (0..<64).compactMap { EthereumAddress(Keccak256.hash([UInt8($0)]).bytes.prefix(20)) }
    digits = addresses.map { Array("\($0)".utf8.dropFirst(2)) }
  }

  /// In turns with the hashes that each checksum needs.
  func run(_ timer: StepTimer) -> [ScenarioResult] {
    [1, 4, 8, 16].flatMap { count in
      [
        measure(timer, "\(count) at once", count),
        timer.measure("checksum", "addresses", [.init(name: "how", value: "one hash after the other")]) {
          Int(truncatingIfNeeded: Keccak256.hash(digits[$0 % digits.count]).word0)
        },
      ]
    }
  }

  /// Each step is one address, the whole group the first one's.
  private func measure(_ timer: StepTimer, _ how: String, _ count: Int) -> ScenarioResult {
    timer.measure("checksum", "addresses", [.init(name: "how", value: how)]) { step in
      guard step % count == 0 else { return 0 }
      var taken = 0
      var sum: UInt64 = 0
      EthereumAddress.checksumCases(
        of: {
          guard taken < count else { return nil }
          taken += 1
          return addresses[(step + taken) % addresses.count]
        },
        to: { sum &+= $0 })
      return Int(truncatingIfNeeded: sum)
    }
  }
}
