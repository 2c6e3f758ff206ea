internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import Wallet

// Records as `gatehouse.journal.v1.Record`, written field by field straight from the store's own values: a record is
// written for each event, and building the generated messages first would cost several allocations each. That both
// agree is tested.

private typealias RecordField = GatehouseJournalV1.Record.Field
private typealias CustomerField = GatehouseJournalV1.Customer.Field

extension JournalRecord {
  /// Appends the record as one element of `gatehouse.journal.v1.Block.records`.
  func encode(into writer: inout WireWriter) {
    writer.message(GatehouseJournalV1.Block.Field.records) { writer in
      writer.nonZero(RecordField.revision, revision)
      writer.nonZero(RecordField.at, UInt64(bitPattern: at.microseconds))
      guard clockStep == 0 else { return writer.field(RecordField.clockStep, signed: clockStep) }
      writer.nonZero(RecordField.previousRevision, previousRevision)
      writer.nonZero(RecordField.command, UInt64(cause.command.rawValue))
      writer.nonEmpty(RecordField.principal, cause.principal)
      writer.nonEmpty(RecordField.reason, cause.reason)
      writer.nonEmpty(RecordField.privateDetail, cause.privateDetail)
      writer.nonZero(RecordField.from, UInt64(from?.rawValue ?? 0))
      writer.message(RecordField.customer) { writer in
        // Asked of the optional itself: unwrapped by name it would be copied.
        if customer?.encode(into: &writer) == nil { writer.id(CustomerField.id, subject) }
      }
      if let idempotency { writer.message(RecordField.idempotency) { idempotency.encode(into: &$0) } }
      if let report { writer.message(RecordField.report) { report.encode(into: &$0) } }
    }
  }
}

extension CustomerRecord {
  /// Writes the fields of a `gatehouse.journal.v1.Customer`.
  func encode(into writer: inout WireWriter) {
    writer.id(CustomerField.id, id)
    writer.nonEmpty(CustomerField.tenant, tenant)
    writer.nonEmpty(CustomerField.externalId, externalID)
    writer.nonZero(CustomerField.chain, account.chainID)
    account.address.withBytes { writer.field(CustomerField.address, bytes: $0) }
    for label in labels {
      writer.message(CustomerField.labels) { writer in
        writer.field(1, string: label.key)
        writer.field(2, string: label.value)
      }
    }
    writer.nonZero(CustomerField.createdAt, UInt64(bitPattern: createdAt.microseconds))
    standing.encode(into: &writer)
    writer.field(CustomerField.checksumCase, fixed64: account.checksumCase)
  }
}

extension Standing {
  fileprivate func encode(into writer: inout WireWriter) {
    switch self {
    case .initiating(let proof): writer.message(CustomerField.initiating) { proof.encode(into: &$0) }
    case .screening(let review): writer.message(CustomerField.screening) { review.encode(into: &$0) }
    case .verifying(let review): writer.message(CustomerField.verifying) { review.encode(into: &$0) }
    case .active(let monitoring):
      writer.message(CustomerField.active) {
        monitoring.encode(GatehouseJournalV1.Active.Field.monitoring, into: &$0)
      }
    case .inactive(let holds, let monitoring):
      writer.message(CustomerField.inactive) { writer in
        for hold in holds {
          writer.message(GatehouseJournalV1.Inactive.Field.holds) { hold.encode(into: &$0) }
        }
        monitoring.encode(GatehouseJournalV1.Inactive.Field.monitoring, into: &writer)
      }
    case .rejected(let reason):
      writer.message(CustomerField.rejected) { $0.nonEmpty(GatehouseJournalV1.Rejected.Field.reason, reason) }
    }
  }
}

extension Proof {
  fileprivate func encode(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.Initiating.Field
    nonce.withBytes { writer.field(Field.nonce, bytes: $0) }
    writer.nonZero(Field.issuedAt, UInt64(bitPattern: issuedAt.microseconds))
    writer.nonZero(Field.since, UInt64(bitPattern: since.microseconds))
    writer.nonZero(Field.mismatches, UInt64(mismatches))
    writer.nonZero(Field.windowBegan, UInt64(bitPattern: windowBegan.microseconds))
    writer.nonZero(Field.lastOutcome, UInt64(lastOutcome?.rawValue ?? 0))
    writer.nonZero(Field.attempt, UInt64(attempt))
  }
}

extension Review {
  fileprivate func encode(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.Review.Field
    writer.nonZero(Field.since, UInt64(bitPattern: since.microseconds))
    writer.nonZero(Field.attempt, UInt64(attempt))
    writer.nonZero(Field.nextAttemptAt, UInt64(bitPattern: nextAttemptAt?.microseconds ?? 0))
    writer.nonZero(Field.lastOutcome, UInt64(lastOutcome?.rawValue ?? 0))
    writer.nonZero(Field.attention, UInt64(attention.rawValue))
    writer.nonZero(Field.hits, UInt64(hits))
    if let session { writer.message(Field.session) { session.encode(into: &$0) } }
    writer.nonEmpty(Field.reason, reason)
    writer.nonZero(Field.screenings, UInt64(screenings))
    if let lastHit {
      writer.nonZero(Field.hitAt, UInt64(bitPattern: lastHit.at.microseconds))
      writer.nonEmpty(Field.hitProvider, lastHit.provider)
    }
  }
}

extension Monitoring {
  /// Appends itself as a field of that number, unless it says nothing.
  fileprivate func encode(_ field: UInt32, into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.Monitoring.Field
    guard self != Monitoring() else { return }
    writer.message(field) { writer in
      writer.nonZero(Field.clearedAt, UInt64(bitPattern: clearedAt.microseconds))
      writer.nonZero(Field.screenings, UInt64(screenings))
      if let review { writer.message(Field.review) { review.encode(into: &$0) } }
    }
  }
}

extension Session {
  fileprivate func encode(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.Session.Field
    writer.nonEmpty(Field.provider, provider)
    writer.nonEmpty(Field.reference, reference)
    writer.nonEmpty(Field.url, url)
    writer.nonZero(Field.expiresAt, UInt64(bitPattern: expiresAt?.microseconds ?? 0))
  }
}

extension Hold {
  fileprivate func encode(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.Hold.Field
    writer.nonZero(Field.kind, UInt64(kind.rawValue))
    writer.nonEmpty(Field.reason, reason)
    writer.nonZero(Field.at, UInt64(bitPattern: at.microseconds))
  }
}

extension AnsweredCall {
  fileprivate func encode(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.Idempotency.Field
    writer.nonEmpty(Field.key, key)
    digest.withBytes { writer.field(Field.digest, bytes: $0) }
    writer.nonZero(Field.form, UInt64(form))
    writer.nonZero(Field.refusal, UInt64(refusal))
    writer.nonZero(Field.answeredRevision, answeredRevision)
  }
}

extension Report {
  fileprivate func encode(into writer: inout WireWriter) {
    typealias Field = GatehouseJournalV1.Report.Field
    writer.nonZero(Field.attempt, UInt64(attempt))
    writer.nonZero(Field.outcome, UInt64(outcome))
    writer.nonEmpty(Field.provider, provider)
    writer.nonEmpty(Field.reference, reference)
    writer.nonEmpty(Field.risk, risk)
    writer.nonEmpty(Field.detail, detail)
    writer.nonZero(Field.final, isFinal ? 1 : 0)
  }
}
