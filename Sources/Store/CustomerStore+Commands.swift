public import ByteText
internal import GatehouseAPI
public import Lifecycle
internal import System
public import Wallet

/// Who a new customer is.
public struct NewCustomer: Sendable {
  public var tenant: String
  public var externalID: InlineText
  public var account: WalletAccount
  /// In the order of their keys, without repeats.
  public var labels: [Label]
  /// What the customer will be found by, where it is known ahead: see ``CustomerStore/hashes(of:externalID:tenant:)``.
  public var hashes: KeyHashes?

  public init(
    tenant: String, externalID: InlineText, account: WalletAccount, labels: [Label], hashes: KeyHashes? = nil
  ) {
    self.tenant = tenant
    self.externalID = externalID
    self.account = account
    self.labels = labels
    self.hashes = hashes
  }
}

/// What the store gives a customer that it takes in.
public struct CreatedCustomer: Equatable, Sendable {
  public let id: CustomerID
  public let at: Timestamp
  public let revision: UInt64
  public let proof: Proof
}

extension CustomerRecord {
  /// A new customer as it is taken in.
  public init(_ new: borrowing NewCustomer, _ created: CreatedCustomer) {
    self.init(
      id: created.id,
      tenant: new.tenant,
      externalID: new.externalID,
      account: new.account,
      labels: new.labels,
      createdAt: created.at,
      updatedAt: created.at,
      revision: created.revision,
      standing: .initiating(created.proof)
    )
  }
}

/// Why a customer is not taken in.
public enum CreationRefusal: Error, Equatable, Sendable {
  case previouslyRejected
  case customerExists(CustomerID)
  case walletTaken(CustomerID)
  case externalIDTaken(CustomerID)
}

/// How a command on a customer ended.
public enum CommandOutcome: Sendable {
  /// It succeeded, with or without an event.
  case done
  /// It was refused. Something may have changed all the same: a new challenge was issued.
  case refused(Refusal)
  /// It was refused: the customer has changed since the revision that the caller expected.
  case revisionMismatch(current: UInt64)
}

extension CustomerStore {
  /// The hashes that a new customer will be found by: taken by whoever brings the customer, beside the store. Any
  /// thread.
  ///
  /// - Parameters:
  ///   - externalID: UTF-8.
  ///   - tenant: the customer's.
  public nonisolated func hashes(
    of account: WalletAccount, externalID: UnsafeRawBufferPointer, tenant: HashedTenant
  ) -> KeyHashes {
    keys.hashes(account, externalID: externalID, tenant: tenant.hash)
  }

  /// Has the processor fetch what taking this customer in will look at.
  public func expect(_ hashes: KeyHashes) { state.prefetch(hashes) }

  /// Takes a customer in, unless the wallet or the external id is taken or barred.
  public func create(
    _ new: borrowing NewCustomer, cause: borrowing Cause, answering call: AnsweredCall?
  ) -> Result<CreatedCustomer, CreationRefusal> {
    let hashes = new.hashes ?? keys.hashes(new.account, externalID: new.externalID, tenant: new.tenant)
    let occupants = state.occupants(of: new.account, new.externalID, tenant: new.tenant, hashes: hashes)
    if let refusal = refusalToCreate(new, wallet: occupants.wallet, externalID: occupants.externalID) {
      return .failure(refusal)
    }
    guard
      case .change(.initiating(let proof), refusal: nil) = decide(
        nil, .createCustomer(nonce: makeNonce()), by: .platform, at: now, under: settings.policy, jitter: 0)
    else { preconditionFailure("nothing refuses the creation of a customer that is not there") }
    let created = CreatedCustomer(id: makeID(), at: now, revision: state.revision + 1, proof: proof)
    do throws(StoreStateError) {
      let slot = try state.create(
        CustomerRecord(new, created), hashes: hashes, by: cause.principal, answering: call)
      state.lend(slot) { turn.append(creationOf: $0, cause: cause, answering: call) }
    } catch {
      preconditionFailure("a creation that was just decided does not fit: \(error)")
    }
    return .success(created)
  }

  /// - Parameters:
  ///   - sameWallet: the tenant's customer who has the wallet.
  ///   - sameExternalID: the tenant's customer who has the external id.
  private func refusalToCreate(
    _ new: borrowing NewCustomer,
    wallet sameWallet: Slot?,
    externalID sameExternalID: Slot?
  ) -> CreationRefusal? {
    if state.barredAddresses.contains(new.account.address) { return .previouslyRejected }
    if let sameExternalID {
      let other = state[sameExternalID]
      if other.standing.state == .rejected { return .previouslyRejected }
      if sameWallet == sameExternalID { return .customerExists(other.id) }
    }
    if let sameWallet { return .walletTaken(state[sameWallet].id) }
    if let sameExternalID { return .externalIDTaken(state[sameExternalID].id) }
    return nil
  }

  /// Gives a command on a customer.
  ///
  /// - Parameters:
  ///   - expected: the revision that the caller saw; 0 means any.
  ///   - call: the call behind the command, when it has a key: remembered with the answer.
  ///   - report: what a third party said, kept with the event or as a note.
  public func perform(
    _ command: Command,
    on slot: Slot,
    by role: Role,
    cause: Cause,
    expecting expected: UInt64 = 0,
    answering call: AnsweredCall? = nil,
    report: Report? = nil
  ) -> CommandOutcome {
    let before = state[slot]
    if expected != 0 && expected != before.revision { return .revisionMismatch(current: before.revision) }
    let decision = decide(
      before.standing, command, by: role, at: now, under: settings.policy, jitter: random.next())
    switch decision {
    case .refused(let refusal):
      return .refused(refusal)
    case .unchanged:
      if call != nil { note(before, cause: cause, answering: call, report: nil) }
      return .done
    case .noted:
      note(before, cause: cause, answering: call, report: report)
      return .done
    case .change(let standing, let refusal):
      var answered = call
      answered?.refusal = refusal.map { UInt32($0.reason.rawValue) } ?? 0
      change(before, to: standing, cause: cause, answering: answered, report: report)
      return refusal.map { .refused($0) } ?? .done
    }
  }

  /// Whether a signature over the customer's present challenge would be looked at: not when it has expired, or when
  /// there were too many wrong ones.
  public func wouldConsiderProof(of slot: Slot) -> Bool {
    precheckSubmit(
      state[slot].standing, replacement: makeNonce(), by: .platform, at: now, under: settings.policy) == nil
  }

  func change(
    _ before: CustomerRecord,
    to standing: Standing,
    cause: Cause,
    answering call: AnsweredCall?,
    report: Report?
  ) {
    var after = before
    after.standing = standing
    after.revision = state.revision + 1
    after.updatedAt = now
    _ = commit(
      JournalRecord(
        revision: after.revision,
        at: now,
        previousRevision: before.revision,
        cause: cause,
        from: before.standing.state,
        customer: after,
        subject: after.id,
        idempotency: call,
        report: report
      ))
  }

  /// Keeps that something was said or answered, though no customer changed.
  private func note(_ customer: CustomerRecord, cause: Cause, answering call: AnsweredCall?, report: Report?) {
    var answered = call
    answered?.answeredRevision = customer.revision
    _ = commit(
      JournalRecord(
        revision: 0,
        at: now,
        previousRevision: 0,
        cause: cause,
        from: nil,
        customer: nil,
        subject: customer.id,
        idempotency: answered,
        report: report
      ))
  }

  // MARK: - Randomness

  /// A nonce for a new challenge.
  public func makeNonce() -> Nonce { Nonce(using: &random) }

  /// The place of the one after it in the index is fetched meanwhile.
  private func makeID() -> CustomerID {
    let id = CustomerID(
      milliseconds: now.microseconds / 1000, randomA: random.next(bits: CustomerID.randomABits), randomB: nextRandom)
    nextRandom = random.next()
    state.prefetch(CustomerID(milliseconds: 0, randomA: 0, randomB: nextRandom))
    return id
  }
}
