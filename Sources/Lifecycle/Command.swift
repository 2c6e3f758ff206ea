/// What is asked of a customer's life, with all that the decision needs from outside.
public enum Command: Hashable, Sendable {
  /// Take the customer in, with a challenge of this nonce.
  case createCustomer(nonce: Nonce)
  /// Have a challenge that is alive: the present one, unless it has expired or `renew` asks for a new one, of this
  /// nonce.
  case issueChallenge(nonce: Nonce, renew: Bool)
  /// Prove that the wallet is the customer's. `replacement` is the nonce of the new challenge where one is issued.
  case submitChallenge(SubmittedProof, replacement: Nonce)
  /// Say what a screening found.
  case reportScreening(ScreeningReport)
  /// Say that a session was opened. Attempt 0 means the present one.
  case startVerification(attempt: UInt32, Session)
  /// Say what an identity verification came to.
  case reportVerification(VerificationReport)
  /// Lift holds of these kinds; none named means all that the caller may lift.
  case activate(HoldKinds)
  /// Place a hold; nil means the kind of the caller's role.
  case deactivate(HoldKind?, reason: String)
  /// Refuse for good, with the public reason.
  case reject(reason: String)
  /// Have the wallet of a customer who was taken in screened again.
  case requestScreening

  /// Which command it is.
  public var name: CommandName {
    switch self {
    case .createCustomer: .createCustomer
    case .issueChallenge: .issueChallenge
    case .submitChallenge: .submitChallenge
    case .reportScreening: .reportScreening
    case .startVerification: .startVerification
    case .reportVerification: .reportVerification
    case .activate: .activate
    case .deactivate: .deactivate
    case .reject: .reject
    case .requestScreening: .requestScreening
    }
  }
}
