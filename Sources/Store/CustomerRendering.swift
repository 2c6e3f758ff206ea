internal import ByteText
internal import GatehouseAPI
internal import Lifecycle
public import ProtobufWire
internal import Wallet

// What the API shows of a customer, written field by field straight from the store's own values: one of these is
// written for each answer and each event. That they decode to the generated messages is tested.
//
// Each is written into room that was made for all of it: `maximumRenderedLength` says how much at most. Whatever a
// customer can hold is counted there, and a test renders customers that hold as much as can be.

private typealias CustomerField = GatehouseV1.Customer.Field

extension CustomerRecord {
  /// Writes the fields of a `gatehouse.v1.Customer`.
  public func render(into writer: inout WireWriter) {
    writer.append(atMost: maximumRenderedLength) { render(into: &$0) }
  }

  /// Writes the fields of a `gatehouse.v1.Challenge`; nothing when the customer has none to sign.
  public func renderChallenge(by challenges: inout ChallengeRendering, into writer: inout WireWriter) {
    writer.append(atMost: challenges.maximumLength) { challenges.render(self, into: &$0) }
  }

  /// Writes the fields of an answer with a customer.
  public func renderAnswer(customer field: UInt32, into writer: inout WireWriter) {
    writer.append(atMost: maximumRenderedLength + Self.maximumHeaderLength) { output in
      output.message(field, lengthBytes: 2) { render(into: &$0) }
    }
  }

  /// Writes the fields of an answer with a customer and the challenge to sign.
  public func renderAnswer(
    customer customerField: UInt32, challenge challengeField: UInt32, by challenges: inout ChallengeRendering,
    into writer: inout WireWriter
  ) {
    let size = maximumRenderedLength + challenges.maximumLength + 2 * Self.maximumHeaderLength
    writer.append(atMost: size) { output in
      output.message(customerField, lengthBytes: 2) { render(into: &$0) }
      output.message(challengeField, lengthBytes: 2) { challenges.render(self, into: &$0) }
    }
  }

  /// The longest tag and length of a field, in bytes.
  private static let maximumHeaderLength = 10
  /// What the fields of one length take at most, in bytes: an id, a wallet, a state, five times, three numbers and the
  /// name of an outcome, with tag and length each.
  private static let fixedLength = 384

  /// How many bytes ``render(into:)`` writes at most.
  @inline(__always)
  var maximumRenderedLength: Int {
    var length = Self.fixedLength + tenant.utf8.count + externalID.byteCount
    for label in labels { length += 3 * Self.maximumHeaderLength + label.key.utf8.count + label.value.utf8.count }
    switch standing {
    case .inactive(let holds, _):
      // The newest one's reason is the customer's, too.
      for hold in holds { length += Hold.fixedLength + 2 * hold.reason.utf8.count }
    case .rejected(let reason): length += reason.utf8.count
    // Without a reason, and without a call to ask for it: nearly all.
    case .initiating, .screening, .verifying, .active: break
    }
    return length
  }

  private func render(into output: inout OutputRawSpan) {
    output.text(CustomerField.id, id)
    output.nonEmpty(CustomerField.tenant, tenant)
    output.nonEmpty(CustomerField.externalId, externalID)
    output.message(CustomerField.wallet) { account.appendText(to: &$0) }
    let state = standing.state
    output.nonZero(CustomerField.state, UInt64(state.rawValue))
    // The others have none, and to be told so counts a reference.
    if state == .inactive || state == .rejected { output.nonEmpty(CustomerField.reason, standing.reason) }
    for label in labels {
      output.message(CustomerField.labels) { output in
        output.field(1, string: label.key)
        output.field(2, string: label.value)
      }
    }
    // The times of a customer are mostly alike: each is encoded once.
    let created = EncodedTimestamp(createdAt)
    let updated = updatedAt == createdAt ? created : EncodedTimestamp(updatedAt)
    output.timestamp(CustomerField.createdAt, created)
    output.timestamp(CustomerField.updatedAt, updated)
    output.nonZero(CustomerField.revision, revision)
    if let pending {
      output.message(CustomerField.pending) { pending.render(near: updated, into: &$0) }
    }
    if case .inactive(let holds, _) = standing {
      for hold in holds { output.message(CustomerField.holds) { hold.render(into: &$0) } }
    }
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
  /// - Parameter time: the customer's last change, which it probably is pending since.
  @inline(__always)
  fileprivate func render(near time: EncodedTimestamp, into output: inout OutputRawSpan) {
    typealias Field = GatehouseV1.Pending.Field
    output.nonZero(Field.on, UInt64(on.rawValue))
    output.timestamp(Field.since, since == time.value ? time : EncodedTimestamp(since))
    output.nonZero(Field.attempt, UInt64(attempt))
    if let nextAttemptAt { output.timestamp(Field.nextAttemptAt, nextAttemptAt) }
    if let lastOutcome { output.nonEmpty(Field.lastOutcome, lastOutcome.name) }
    output.nonZero(Field.attention, UInt64(attention.rawValue))
  }
}

extension Hold {
  /// What a hold takes besides its reason at most, in bytes.
  fileprivate static let fixedLength = 64

  fileprivate func render(into output: inout OutputRawSpan) {
    typealias Field = GatehouseV1.Hold.Field
    output.nonZero(Field.kind, UInt64(kind.rawValue))
    output.nonEmpty(Field.reason, reason)
    output.timestamp(Field.at, at)
  }
}
