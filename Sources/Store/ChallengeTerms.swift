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
    let times = times(of: proof)
    bytes.append(atMost: maximumMessageLength) { appendMessage(for: customer, proof: proof, times: times, to: &$0) }
    return bytes
  }

  /// How many bytes a challenge's message has at most.
  var maximumMessageLength: Int {
    settings.maximumMessageLength(nonceLength: Nonce.length, requestIDLength: CustomerID.textLength)
  }

  /// When the challenge of a proof was issued, and until when it is accepted.
  func times(of proof: Proof) -> SignInTimes {
    SignInTimes(
      issuedAt: proof.issuedAt.microseconds, expirationTime: proof.expiresAt(under: policy).microseconds)
  }

  /// Appends those bytes, without allocating: at most ``maximumMessageLength``.
  ///
  /// - Parameter times: of the proof.
  func appendMessage(
    for customer: borrowing CustomerRecord, proof: Proof, times: SignInTimes, to output: inout OutputRawSpan
  ) {
    withUnsafeBytes(of: proof.nonce.bytes) { nonce in
      settings.appendMessage(
        wallet: customer.account, nonce: nonce, times: times, requestID: { customer.id.appendText(to: &$0) },
        to: &output)
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
