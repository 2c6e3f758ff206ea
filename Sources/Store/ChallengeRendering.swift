internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Wallet

/// Renders the challenges of a turn, one after the other: the times that they tell are mostly the same, and written
/// once.
public struct ChallengeRendering {
  let terms: ChallengeTerms
  private var times: SignInTimes?

  /// Renders under these terms.
  public init(under terms: ChallengeTerms) {
    self.terms = terms
  }

  /// How many bytes ``render(_:into:)`` writes at most.
  var maximumLength: Int { terms.maximumMessageLength + Self.fixedLength }

  /// What all but the message takes at most, in bytes: a nonce, two times, tags and lengths.
  private static let fixedLength = 192

  /// Writes the fields of a `gatehouse.v1.Challenge`; nothing when the customer has none to sign.
  mutating func render(_ customer: borrowing CustomerRecord, into output: inout OutputRawSpan) {
    typealias Field = GatehouseV1.Challenge.Field
    guard case .initiating(let proof) = customer.standing else { return }
    let times = times(of: proof)
    output.message(Field.message, lengthBytes: 2) {
      terms.appendMessage(for: customer, proof: proof, times: times, to: &$0)
    }
    output.field(Field.nonce, bytesOf: proof.nonce.bytes)
    output.timestamp(Field.issuedAt, proof.issuedAt)
    output.timestamp(Field.expiresAt, proof.expiresAt(under: terms.policy))
  }

  private mutating func times(of proof: Proof) -> SignInTimes {
    // The terms say when it ends: the same for whatever was issued at the same time.
    if let times, times.issuedAt == proof.issuedAt.microseconds { return times }
    let made = terms.times(of: proof)
    times = made
    return made
  }
}
