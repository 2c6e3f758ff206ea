internal import GatehouseAPI
internal import Lifecycle
public import ProtobufWire
internal import Wallet

// What the API shows of a customer, written field by field straight from the store's own values: one of these is
// written for each answer and each event. That they decode to the generated messages is tested.

private typealias CustomerField = GatehouseV1.Customer.Field

extension CustomerRecord {
  /// Writes the fields of a `gatehouse.v1.Customer`.
  public func render(into writer: inout WireWriter) {
    writer.text(CustomerField.id, id)
    writer.nonEmpty(CustomerField.tenant, tenant)
    writer.nonEmpty(CustomerField.externalId, externalID)
    writer.wallet(CustomerField.wallet, account)
    writer.nonZero(CustomerField.state, UInt64(standing.state.rawValue))
    writer.nonEmpty(CustomerField.reason, standing.reason)
    for label in labels {
      writer.message(CustomerField.labels) { writer in
        writer.field(1, string: label.key)
        writer.field(2, string: label.value)
      }
    }
    writer.timestamp(CustomerField.createdAt, createdAt)
    writer.timestamp(CustomerField.updatedAt, updatedAt)
    writer.nonZero(CustomerField.revision, revision)
    if let pending = standing.pending { writer.message(CustomerField.pending) { pending.render(into: &$0) } }
    for hold in standing.holds { writer.message(CustomerField.holds) { hold.render(into: &$0) } }
  }

  /// Writes the fields of a `gatehouse.v1.Challenge`; nothing when the customer has none to sign.
  public func renderChallenge(under terms: ChallengeTerms, into writer: inout WireWriter) {
    typealias Field = GatehouseV1.Challenge.Field
    guard case .initiating(let proof) = standing else { return }
    writer.message(Field.message) { writer in terms.writeMessage(for: self, proof: proof) { writer.append($0) } }
    proof.nonce.withBytes { writer.field(Field.nonce, bytes: $0) }
    writer.timestamp(Field.issuedAt, proof.issuedAt)
    writer.timestamp(Field.expiresAt, proof.expiresAt(under: terms.policy))
  }

  /// Writes the fields of a `gatehouse.v1.Verification`; nothing unless the customer is being verified.
  public func renderVerification(into writer: inout WireWriter) {
    typealias Field = GatehouseV1.Verification.Field
    guard case .verifying(let review) = standing else { return }
    writer.text(Field.customerId, id)
    writer.nonZero(Field.attempt, UInt64(review.attempt))
    if let session = review.session {
      writer.nonEmpty(Field.provider, session.provider)
      writer.nonEmpty(Field.reference, session.reference)
      writer.nonEmpty(Field.sessionUrl, session.url)
      if let end = session.expiresAt { writer.timestamp(Field.expiresAt, end) }
    }
    writer.nonEmpty(Field.reason, review.reason)
  }
}

extension JournalRecord {
  /// Writes the fields of a `gatehouse.v1.Event`. A note has none.
  ///
  /// - Parameter showingPrivate: whether the reader has the platform role and sees the private detail.
  public func renderEvent(showingPrivate: Bool, into writer: inout WireWriter) {
    typealias Field = GatehouseV1.Event.Field
    guard let customer else { return }
    writer.nonZero(Field.revision, revision)
    writer.timestamp(Field.at, at)
    writer.message(Field.cause) { writer in
      typealias Field = GatehouseV1.Cause.Field
      writer.nonZero(Field.command, UInt64(cause.command.rawValue))
      writer.nonEmpty(Field.principal, cause.principal)
      writer.nonEmpty(Field.reason, cause.reason)
      if showingPrivate { writer.nonEmpty(Field.privateDetail, cause.privateDetail) }
    }
    writer.nonZero(Field.from, UInt64(from?.rawValue ?? 0))
    writer.nonZero(Field.to, UInt64(customer.standing.state.rawValue))
    writer.message(Field.customer) { customer.render(into: &$0) }
  }
}

extension Pending {
  fileprivate func render(into writer: inout WireWriter) {
    typealias Field = GatehouseV1.Pending.Field
    writer.nonZero(Field.on, UInt64(on.rawValue))
    writer.timestamp(Field.since, since)
    writer.nonZero(Field.attempt, UInt64(attempt))
    if let nextAttemptAt { writer.timestamp(Field.nextAttemptAt, nextAttemptAt) }
    writer.nonEmpty(Field.lastOutcome, lastOutcome?.name ?? "")
    writer.nonZero(Field.attention, UInt64(attention.rawValue))
  }
}

extension Hold {
  fileprivate func render(into writer: inout WireWriter) {
    typealias Field = GatehouseV1.Hold.Field
    writer.nonZero(Field.kind, UInt64(kind.rawValue))
    writer.nonEmpty(Field.reason, reason)
    writer.timestamp(Field.at, at)
  }
}
