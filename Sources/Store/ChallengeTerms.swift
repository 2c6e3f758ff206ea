public import Lifecycle
public import Wallet

/// What every challenge of this server says, besides what is the customer's own.
public struct ChallengeTerms: Sendable {
  public var settings: SignInSettings
  /// Says until when a challenge is accepted.
  public var policy: Policy

  public init(settings: SignInSettings, policy: Policy) {
    self.settings = settings
    self.policy = policy
  }

  /// The bytes that the wallet signs.
  public func message(for customer: CustomerRecord, proof: Proof) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    writeMessage(for: customer, proof: proof) { bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Hands those bytes over piece by piece, without allocating. Each buffer is valid only during its call.
  func writeMessage(for customer: CustomerRecord, proof: Proof, to sink: (UnsafeRawBufferPointer) -> Void) {
    proof.nonce.withBytes { nonce in
      customer.id.withText { id in
        settings.writeMessage(
          wallet: customer.account,
          nonce: nonce,
          issuedAt: proof.issuedAt.microseconds,
          expirationTime: proof.expiresAt(under: policy).microseconds,
          requestID: id,
          to: sink
        )
      }
    }
  }

  /// What a message that was signed says otherwise than the present challenge, other than that it was issued at another
  /// time: nil for one of this customer's other challenges.
  public func difference(of signed: [UInt8], from customer: CustomerRecord, proof: Proof) -> String? {
    let given: SignInMessage
    do throws(SignInMessageError) {
      given = try SignInMessage(text: signed)
    } catch {
      return error.description
    }
    var present = settings.message(
      wallet: customer.account,
      nonce: given.nonce,
      issuedAt: given.issuedAt,
      expirationTime: 0,
      requestID: customer.id.description
    )
    present.expirationTime = given.expirationTime
    return present.firstDifference(from: given).map { "its \($0.rawValue) is another" }
  }
}
