public import ByteText
public import Lifecycle
public import Wallet

/// The number of a customer in the order of creation, from 0. It never changes and is the same after a restart.
public typealias Slot = UInt32

/// A pair that a partner attached to a customer.
public struct Label: Equatable, Sendable {
  public var key: String
  public var value: String

  public init(key: String, value: String) {
    self.key = key
    self.value = value
  }
}

/// A customer as the store holds it: who they are, and where they stand. There is one for each customer in memory, so
/// its size counts.
public struct CustomerRecord: Equatable, Sendable {
  public var id: CustomerID
  /// The name of the tenant; tenants are few, and names of up to 15 bytes take no memory besides.
  public var tenant: String
  /// The partner's own name for the customer.
  public var externalID: InlineText
  public var account: WalletAccount
  /// In the order of their keys, without repeats.
  public var labels: [Label]
  public var createdAt: Timestamp
  public var updatedAt: Timestamp
  /// The revision of the newest event.
  public var revision: UInt64
  public var standing: Standing

  /// What the customer waits for; nil in states that wait for nothing.
  public var pending: Pending? { standing.pending(createdAt: createdAt) }
}

/// Who gave a command, under which name, with which words.
public struct Cause: Equatable, Sendable {
  public var command: CommandName
  public var principal: String
  /// Seen by everyone who may see the customer.
  public var reason: String
  /// Seen by the platform role only.
  public var privateDetail: String

  public init(command: CommandName, principal: String, reason: String = "", privateDetail: String = "") {
    self.command = command
    self.principal = principal
    self.reason = reason
    self.privateDetail = privateDetail
  }
}

/// What a third party said, kept with the event that it made or as a note.
public struct Report: Equatable, Sendable {
  public var attempt: UInt32
  /// A value of `gatehouse.v1.ScreeningOutcome` or `VerificationOutcome`, by number.
  public var outcome: UInt32
  public var provider: String
  public var reference: String
  public var risk: String
  public var detail: String
  public var isFinal: Bool

  public init(
    attempt: UInt32,
    outcome: UInt32,
    provider: String,
    reference: String,
    risk: String = "",
    detail: String,
    isFinal: Bool = false
  ) {
    self.attempt = attempt
    self.outcome = outcome
    self.provider = provider
    self.reference = reference
    self.risk = risk
    self.detail = detail
    self.isFinal = isFinal
  }
}

/// One record of the journal, decoded: an event, or a note when `revision` is 0.
public struct JournalRecord: Equatable, Sendable {
  public var revision: UInt64
  public var at: Timestamp
  /// The revision of the customer's event before; 0 for the creation.
  public var previousRevision: UInt64
  public var cause: Cause
  public var from: State?
  /// The customer after the event; a note names the customer it is about by `subject` alone.
  public var customer: CustomerRecord?
  public var subject: CustomerID
  public var idempotency: AnsweredCall?
  public var report: Report?
  /// How far the clock was set ahead just before, in microseconds: in a note that says nothing else.
  public var clockStep: Int64 = 0
}

/// The call that a record answers, so that the same call again is answered alike.
public struct AnsweredCall: Equatable, Sendable {
  /// The key that the client chose.
  public var key: String
  /// Stands for the method and the request.
  public var digest: RequestDigest
  /// How the answer is rendered, as the caller of the store counts forms.
  public var form: UInt32
  /// The refusal that was answered, a value of `gatehouse.v1.Reason`; 0 when the call succeeded.
  public var refusal: UInt32
  /// For a note: the revision of the customer that the answer showed.
  public var answeredRevision: UInt64
}

/// 128 bits that stand for a request: its method and its bytes.
public struct RequestDigest: Hashable, Sendable {
  public var low: UInt64
  public var high: UInt64

  public init(low: UInt64, high: UInt64) {
    self.low = low
    self.high = high
  }
}
