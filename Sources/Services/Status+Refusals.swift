internal import GatehouseAPI
internal import Journal
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store

// The one place where a refusal becomes a status.

extension EncodedStatus {
  static let crowded = EncodedStatus(
    Status(
      .resourceExhausted, .overloaded, "more calls wait than the server can answer in time; try again",
      retryAfterMicroseconds: 100_000))
}

extension Status {
  static let deadlineExceeded = Status(
    .deadlineExceeded, .deadlineExceeded, "the call's deadline had passed before its work began")

  static let customerNotFound = Status(.notFound, .customerNotFound, "there is no such customer")

  static let keyReused = Status(
    .invalidArgument, .idempotencyKeyReused,
    "the idempotency key was used for another request; make a new key for each logical call")

  static let overloaded = Status(
    .resourceExhausted, .overloaded, "more waits for the disk than it can write in time; try again",
    retryAfterMicroseconds: 100_000)

  static let diskFull = Status(
    .resourceExhausted, .diskFull, "the disk is full: nothing can be written until there is room; reads go on",
    retryAfterMicroseconds: 1_000_000)

  static let workersBusy = Status(
    .resourceExhausted, .overloaded, "too many calls wait for a signature check or for the log; try again",
    retryAfterMicroseconds: 100_000)

  static func historyTooLong(events: Int) -> Status {
    Status(
      .resourceExhausted, .overloaded,
      "the customer's \(events) events do not fit into one answer; read them with Watch and customer_ids")
  }

  static func fieldInvalid(_ field: String, _ description: String) -> Status {
    Status(
      .invalidArgument, .fieldInvalid, "\(field): \(description)", metadata: [("field", field)],
      fieldViolations: [(field, description)])
  }

  static func payloadMalformed(_ method: RPCMethod, _ error: WireError) -> Status {
    Status(.invalidArgument, .payloadMalformed, "the payload is not an encoded request of \(method.path): \(error)")
  }

  static func revisionMismatch(current: UInt64) -> Status {
    Status(
      .aborted, .revisionMismatch, "the customer has changed: it is at revision \(current); read it and decide again",
      metadata: [("revision", "\(current)")])
  }

  static func historyUnreadable(_ error: HistoryError) -> Status {
    switch error {
    case .compacted(let oldest): .compacted(oldest: oldest)
    case .journal(let error): .journalUnreadable(error)
    case .unreadable(let what): Status(.internal, .internal, "the journal cannot be read: \(what)")
    }
  }

  static func compacted(oldest: UInt64) -> Status {
    Status(
      .outOfRange, .revisionCompacted,
      "events before revision \(oldest) are no longer kept; begin with a snapshot",
      metadata: [("oldest", "\(oldest)")])
  }

  static let tooManyBackups = Status(
    .resourceExhausted, .overloaded, "as many backups as are allowed are under way: \(BackupSlots.limit)",
    retryAfterMicroseconds: 10_000_000)

  static func backupRefused(_ error: BackupError, storeID: String) -> Status {
    switch error {
    case .otherStore:
      Status(
        .failedPrecondition, .storeChanged, "the backup is of another history than this server's: begin a new one",
        metadata: [("store_id", storeID)])
    case .stale(let what):
      Status(.failedPrecondition, .backupStale, "the backup cannot be gone on with: \(what); begin a new one")
    case .unreadable(let error): .journalUnreadable(error)
    }
  }

  static func journalUnreadable(_ error: JournalError) -> Status {
    switch error.kind {
    case .damaged, .unsupported, .refusedRecord:
      Status(
        .dataLoss, .journalDamaged, "\(error); nothing of it was sent",
        metadata: [("file", error.path), ("offset", "\(error.offset ?? 0)")])
    case .inUse, .disk, .noSpace: Status(.internal, .internal, "the journal cannot be read: \(error)")
    }
  }

  static func snapshotFailed(_ error: JournalError) -> Status {
    error.kind == .noSpace
      ? .diskFull : Status(.internal, .snapshotFailed, "the snapshot was not made, and the server goes on: \(error)")
  }

  init(_ refusal: CreationRefusal) {
    switch refusal {
    case .previouslyRejected:
      self.init(
        .failedPrecondition, .previouslyRejected,
        "this wallet or external id belongs to a customer who was rejected; it is never taken in again")
    case .customerExists(let id):
      self.init(
        .alreadyExists, .customerExists, "this customer exists as \(id)", metadata: [("customer_id", "\(id)")])
    case .walletTaken(let id):
      self.init(
        .alreadyExists, .walletTaken, "the wallet is that of customer \(id), whose external id is another",
        metadata: [("customer_id", "\(id)")])
    case .externalIDTaken(let id):
      self.init(
        .alreadyExists, .externalIdTaken, "the external id is that of customer \(id), whose wallet is another",
        metadata: [("customer_id", "\(id)")])
    }
  }

  /// - Parameters:
  ///   - now: when the refusal was decided; says how long is left to wait.
  ///   - call: which method was refused, for the message.
  init(_ refusal: Refusal, role: Role, now: Timestamp) {
    switch refusal {
    case .illegalTransition(let from, let command, let allowed):
      self = .illegalTransition(from: from, command: command, allowed: allowed)
    case .onHold(let kinds):
      let names = kinds.elements.map(\.name).joined(separator: ",")
      self.init(
        .permissionDenied, .onHold, "the customer is on hold (\(names)); only the platform lifts that",
        metadata: [("holds", names)])
    case .holdKindNotAllowed(let kind):
      self.init(
        .permissionDenied, .holdKindNotAllowed,
        "the role \(role.name) may not place or lift a hold of kind \(kind.name)",
        metadata: [("kind", kind.name)])
    case .roleNotAllowed:
      self.init(
        .permissionDenied, .roleNotAllowed, "the role \(role.name) may not do this", metadata: [("role", role.name)])
    case .signatureMismatch(let attemptsLeft):
      self = .signatureMismatch(attemptsLeft: attemptsLeft)
    case .challengeExpired:
      self = .challengeExpired
    case .challengeSuperseded:
      self.init(
        .failedPrecondition, .challengeSuperseded,
        "what was signed is not the present challenge, which has replaced it; fetch it with GetChallenge and sign that")
    case .tooManyAttempts(let retryAt):
      self.init(
        .resourceExhausted, .tooManyAttempts, "too many wrong signatures; wait, then fetch the challenge and sign it",
        retryAfterMicroseconds: max(0, retryAt.microseconds - now.microseconds))
    }
  }

  static let challengeExpired = Status(
    .failedPrecondition, .challengeExpired,
    "the challenge has expired and a new one was issued; fetch it with GetChallenge and sign that")

  static func signatureMismatch(attemptsLeft: UInt8) -> Status {
    Status(
      .permissionDenied, .signatureMismatch,
      "the signature is not by this wallet over the challenge; a new one was issued: fetch it with GetChallenge",
      metadata: [("attempts_left", "\(attemptsLeft)")])
  }

  private static func illegalTransition(from: State?, command: CommandName, allowed: CommandNames) -> Status {
    let names = allowed.elements.map(\.name).joined(separator: ",")
    let state = from?.name ?? "NONE"
    return Status(
      .failedPrecondition, .illegalTransition,
      "\(command.name) is not for a customer who is \(state); that state allows: \(names.isEmpty ? "nothing" : names)",
      metadata: [("from", state), ("command", command.name), ("allowed", names)])
  }
}
