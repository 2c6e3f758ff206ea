internal import GatehouseAPI
internal import Lifecycle
internal import RPC
internal import Store
internal import Synchronization
internal import System
internal import Wallet

// gatehouse.v1.CustomerService/SubmitChallenge, in three steps: look (in the turn that brings the call), check the
// signature (on a worker), decide (in a turn of its own). What was looked at may have changed by then, so the decision
// names the challenge that was checked, and the lifecycle refuses one that is no longer the present one.

extension ServiceDispatcher {
  func submitChallenge(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.SubmitChallengeRequest.self)
    let slot = try find(request.customerId, by: call.caller, on: store)
    guard let beginning = try begin(call, key: request.idempotencyKey, form: .customer, on: store) else { return }
    let customer = store[slot]
    guard case .initiating(let proof) = customer.standing else {
      // Any proof is refused alike in this state; the lifecycle words it.
      let outcome = store.perform(
        .submitChallenge(.superseded, replacement: store.makeNonce()), on: slot, by: call.caller.role,
        cause: Cause(command: .submitChallenge, principal: call.caller.principal))
      return try succeeded(outcome, by: call.caller, on: store)
    }
    let signature = try Self.signature(request.signature)
    let message = store.settings.terms.message(for: customer, proof: proof)
    let submission = Submission(
      slot: slot, nonce: proof.nonce, signature: signature, message: message, wallet: customer.account.address,
      caller: call.caller, remembering: beginning.remembering, deadline: call.deadline, address: call.returnAddress,
      proof: .superseded)
    if !request.message.isEmpty && request.message != message {
      try Self.require(request.message, toBeAnotherChallengeOf: customer, proof, store.settings.terms)
      return try answer(submission, call, on: store)
    }
    // Expired, or too many attempts: no signature would change that, so none is checked.
    if !store.wouldConsiderProof(of: slot) { return try answer(submission, call, on: store) }
    try call.caller.allowance.requireMismatchLeft(now: MonotonicClock.now())
    let isTaken = workers.submit { [self, submission] in
      proofDecisions.bring(submission.checked(), to: self)
    }
    if !isTaken { throw .workersBusy }
  }

  private static func signature(_ bytes: [UInt8]) throws(Status) -> RecoverableSignature {
    do throws(SignatureError) {
      return try RecoverableSignature(bytes)
    } catch {
      throw Status(
        .invalidArgument, .signatureMalformed, "signature: \(error); the challenge stays as it is",
        fieldViolations: [("signature", error.description)])
    }
  }

  /// A message that is not the present challenge is either one that this server issued earlier, or none of its own.
  private static func require(
    _ given: [UInt8],
    toBeAnotherChallengeOf customer: CustomerRecord,
    _ proof: Proof,
    _ terms: ChallengeTerms
  ) throws(Status) {
    guard given.count <= FieldLimit.signedMessage else {
      throw .fieldInvalid(
        "message", "is \(given.count) bytes long; a challenge is never over \(FieldLimit.signedMessage)")
    }
    if let difference = terms.difference(of: given, from: customer, proof: proof) {
      throw .fieldInvalid("message", "is not a challenge of this customer: \(difference)")
    }
  }

  private func answer(
    _ submission: Submission,
    _ call: borrowing CallRequest,
    on store: isolated CustomerStore
  ) throws(Status) {
    let outcome = submission.decide(on: store)
    try succeeded(outcome, by: call.caller, on: store)
    call.succeed { render(store[submission.slot], as: .customer, into: &$0) }
  }
}

/// A signature on its way through the check.
struct Submission: Sendable {
  var slot: Slot
  /// Of the challenge that was the present one when the call came.
  var nonce: Nonce
  var signature: RecoverableSignature
  var message: [UInt8]
  var wallet: EthereumAddress
  var caller: Caller
  var remembering: AnsweredCall?
  var deadline: UInt64
  var address: ReturnAddress
  /// What the check found.
  var proof: SubmittedProof

  /// Checks the signature: some 100 microseconds of computing.
  consuming func checked() -> Submission {
    let signer = signature.recoverAddress(digest: PersonalMessage.digest(of: message))
    proof = signer == wallet ? .genuine(over: nonce) : .foreign(over: nonce)
    return self
  }

  /// Decides, with what the check found.
  func decide(on store: isolated CustomerStore) -> CommandOutcome {
    store.perform(
      .submitChallenge(proof, replacement: store.makeNonce()), on: slot, by: caller.role,
      cause: Cause(command: .submitChallenge, principal: caller.principal), answering: remembering)
  }
}

/// Checked signatures on their way to the store. Those that come while the store is busy are decided in one turn.
///
/// Bounded by what the workers take.
final class ProofDecisions: Sendable {
  private let waiting = Mutex<[Submission]>([])

  func bring(_ submission: Submission, to dispatcher: ServiceDispatcher) {
    let isFirst = waiting.withLock { waiting in
      waiting.append(submission)
      return waiting.count == 1
    }
    // Whoever brings the first submits the turn; the others are taken along when it runs.
    if isFirst { dispatcher.store.executor.submit(ProofTurn(dispatcher: dispatcher)) }
  }

  func take() -> [Submission] {
    waiting.withLock { waiting in
      let taken = waiting
      waiting.removeAll()
      return taken
    }
  }
}

/// A turn of the store that decides on checked signatures.
private final class ProofTurn: CombiningExecutor.Work, CommitGate.Waiter {
  private let dispatcher: ServiceDispatcher
  /// Touched by the turn, then by the thread that finds it durable.
  private let answers = Mutex<[(ReturnAddress, ReplyBatch)]>([])

  init(dispatcher: ServiceDispatcher) {
    self.dispatcher = dispatcher
  }

  func run() {
    dispatcher.store.assumeIsolated { store in
      store.beginTurn()
      let now = MonotonicClock.now()
      for submission in dispatcher.proofDecisions.take() { answer(submission, at: now, on: store) }
      dispatcher.sandbox?.act(on: store)
      store.endTurn(answering: self)
    }
  }

  private func answer(_ submission: Submission, at now: UInt64, on store: isolated CustomerStore) {
    let replies = ReplyBatch()
    let address = submission.address
    do throws(Status) {
      guard now < submission.deadline else { throw .deadlineExceeded }
      let customer = try decide(submission, on: store)
      replies.succeed(address.connection, address.stream) { dispatcher.render(customer, as: .customer, into: &$0) }
    } catch {
      replies.fail(address.connection, address.stream, error)
    }
    answers.withLock { $0.append((address, replies)) }
  }

  /// The customer to answer. The same call, sent twice, may have been answered while this one was checked: then this
  /// one is answered alike.
  private func decide(_ submission: Submission, on store: isolated CustomerStore) throws(Status) -> CustomerRecord {
    if let call = submission.remembering {
      switch store.checkRepeat(of: call, principal: submission.caller.principal) {
      case .fresh: break
      case .reused: throw .keyReused
      case .answered(let before): return try dispatcher.answerOfRecent(before, on: store)
      }
    }
    let outcome = submission.decide(on: store)
    if case .refused(.signatureMismatch) = outcome {
      submission.caller.allowance.noteMismatch(now: MonotonicClock.now())
    }
    try dispatcher.succeeded(outcome, by: submission.caller, on: store)
    return store[submission.slot]
  }

  func committed() {
    for (address, replies) in answers.withLock({ $0 }) { address.sink.deliver(replies) }
  }
}
