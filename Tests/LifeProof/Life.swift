internal import Lifecycle

/// A customer's life, kept as plainly as the documents tell it: the reference that `Lifecycle` is held against. It
/// shares the words with it (states, outcomes, refusals) and not one rule: no table, no boxes, one flat list of what is
/// known.
struct Life {
  /// nil before the creation.
  var state: State?
  var createdAt: Int64 = 0
  /// The public reason of the rejection.
  var rejection = ""
  var holds: [Hold] = []

  // The challenge.
  var nonce: Nonce?
  var issuedAt: Int64 = 0
  /// Signatures by another key, and when the first of those that still count was given.
  var wrongSignatures = 0
  var wrongSince: Int64 = 0

  // What is waited for: the challenge, a screening, a verification.
  var isWaiting = false
  var since: Int64 = 0
  var attempt = 0
  var nextAttemptAt: Int64?
  var lastOutcome: Outcome?
  var attention = Attention.none

  // A screening.
  var hits = 0
  /// When the newest of them was reported, and by whom.
  var hitAt: Int64 = 0
  var hitProvider = ""
  /// The number of the attempt before the first of this screening.
  var attemptsBefore = 0

  // A verification.
  var session: Session?
  var mend = ""

  // What is remembered of screenings that have ended.
  var clearedAt: Int64 = 0
  var screeningsTried = 0

  /// What comes of a command.
  enum Verdict: Equatable {
    case event(Refusal?)
    case nothing
    case note
    case refused(Refusal)
  }

  // MARK: - Whether a customer stands so

  /// What is not as it is here; nil when all is.
  func difference(from standing: Standing?) -> String? {
    if standing?.state != state { return "the state is \(name(standing?.state)) instead of \(name(state))" }
    guard let standing else { return nil }
    if standing.holds != holds { return "the holds are \(standing.holds) instead of \(holds)" }
    let reason = state == .rejected ? rejection : holds.last?.reason ?? ""
    if standing.reason != reason { return "the reason is \(standing.reason) instead of \(reason)" }
    return differenceInWaiting(from: standing.pending(createdAt: Timestamp(microseconds: createdAt)))
      ?? differenceInProof(from: standing) ?? differenceInReview(from: standing)
  }

  private func differenceInWaiting(from pending: Pending?) -> String? {
    guard let pending else { return isWaiting ? "nothing is waited for" : nil }
    guard isWaiting else { return "something is waited for: \(pending)" }
    let subject: Pending.Subject =
      state == .initiating ? .challenge : state == .verifying ? .verification : .screening
    let isSame =
      pending.on == subject && pending.since.microseconds == since && Int(pending.attempt) == attempt
      && pending.nextAttemptAt?.microseconds == nextAttemptAt && pending.lastOutcome == lastOutcome
      && pending.attention == attention
    return isSame ? nil : "what is waited for is \(pending) instead of \(self)"
  }

  private func differenceInProof(from standing: Standing) -> String? {
    guard case .initiating(let proof) = standing else { return nil }
    let isSame =
      proof.nonce == nonce && proof.issuedAt.microseconds == issuedAt
      && Int(proof.mismatches) == wrongSignatures
    return isSame ? nil : "the challenge is \(proof) instead of \(name(nonce)), \(issuedAt), \(wrongSignatures)"
  }

  private func differenceInReview(from standing: Standing) -> String? {
    if standing.attention != (isWaiting ? attention : .none) { return "a person has to look: \(standing.attention)" }
    if standing.reviewDueAt?.microseconds != dueAt { return "it is due at \(name(standing.reviewDueAt))" }
    switch standing {
    case .verifying(let review):
      let isSame = review.session == session && review.reason == mend
      return isSame ? nil : "the verification is \(review) instead of \(name(session)), \(mend)"
    case .screening(let review): return differenceInHits(from: review)
    case .active(let monitoring), .inactive(_, let monitoring):
      if let review = monitoring.review, let difference = differenceInHits(from: review) { return difference }
      let isSame = monitoring.clearedAt.microseconds == clearedAt && Int(monitoring.screenings) == screeningsTried
      return isSame ? nil : "the screenings are \(monitoring) instead of \(clearedAt), \(screeningsTried)"
    case .initiating, .rejected: return nil
    }
  }

  private func differenceInHits(from review: Review) -> String? {
    let isSame =
      Int(review.hits) == hits
      && (hits == 0 || review.lastHit?.at.microseconds == hitAt && review.lastHit?.provider == hitProvider)
    return isSame ? nil : "the hits are \(review) instead of \(hits), at \(hitAt) by \(hitProvider)"
  }

  /// From when on a third party has something to do.
  private var dueAt: Int64? {
    guard isWaiting, state != .initiating, attention == .none else { return nil }
    if let session { return session.expiresAt?.microseconds }
    return nextAttemptAt ?? since
  }

  private func name(_ value: some Any) -> String { "\(value)" }
}
