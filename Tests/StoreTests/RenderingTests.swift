internal import ByteText
internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Testing
internal import Wallet

@testable import Store

/// What answers are written with that is not written field by field.
struct RenderingTests {
  /// Times whose seconds take five bytes, others, and the borders between.
  private static let times: [Int64] = {
    var times: [Int64] = [0, 1, 999_999, 1_000_000, -1, -1_000_000, .min, .max, 1_700_000_000_000_000]
    for border: Int64 in [1 << 28, 1 << 35, 1 << 21, -(1 << 35)] {
      for offset: Int64 in [-1, 0, 1] { times += [border * 1_000_000 + offset, (border + offset) * 1_000_000] }
    }
    for nanoseconds: Int64 in [1, 16, 17, 2097, 2098, 268_435, 268_436, 999_999] {
      times.append(1_700_000_000_000_000 + nanoseconds)
    }
    return times
  }()

  @Test(arguments: times)
  func timestampsAreWhatProtobufWrites(microseconds: Int64) throws {
    var expected = GoogleProtobuf.Timestamp()
    let (seconds, fraction) = microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000)
    expected.seconds = seconds
    expected.nanos = Int32(fraction * 1000)
    // With room behind, and with none.
    for room in [OutputRawSpan.maximumTimestampLength, 2 + expected.encoded().count] {
      let bytes = [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
        let buffer = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[..<room])
        var output = OutputRawSpan(buffer: buffer, initializedCount: 0)
        output.timestamp(7, Timestamp(microseconds: microseconds))
        count = output.finalize(for: buffer)
      }
      #expect(bytes == [7 << 3 | 2, UInt8(expected.encoded().count)] + expected.encoded())
    }
  }

  /// The times of one challenge are not told of the next, where they are others.
  @Test func challengesTellTheirOwnTimes() throws {
    let terms = ChallengeTerms(
      settings: try SignInSettings(domain: "app.example", uri: "https://app.example", statement: nil),
      policy: Policy())
    var challenges = ChallengeRendering(under: terms)
    let account = try WalletAccount(text: "eip155:1:0xffffffffffffffffffffffffffffffffffffffff")
    let nonce = try #require(Nonce("0123456789abcdefghijkl"))
    for (number, second): (UInt64, Int64) in [(1, 5), (2, 5), (3, 6), (4, 5), (5, 86_405)] {
      let time = Timestamp(microseconds: 1_700_000_000_000_000 + second * 1_000_000)
      let proof = Proof(nonce: nonce, issuedAt: time)
      let customer = CustomerRecord(
        id: CustomerID(high: number, low: number), tenant: "t", externalID: "e", account: account, labels: [],
        createdAt: time, updatedAt: time, revision: number, standing: .initiating(proof))
      var writer = WireWriter()
      customer.renderChallenge(by: &challenges, into: &writer)
      let challenge = try GatehouseV1.Challenge(decoding: writer.withUnsafeBytes { Array($0) })
      #expect(challenge.message == terms.message(for: customer, proof: proof))
      #expect(challenge.issuedAt?.seconds == 1_700_000_000 + second)
    }
  }
}
