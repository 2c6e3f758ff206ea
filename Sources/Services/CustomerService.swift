internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import Wallet

// gatehouse.v1.CustomerService, the calls that change customers. Each: decode, check the fields, find the customer,
// look at the idempotency key, give the command, answer.

extension ServiceDispatcher {
  /// - Returns: what to answer; nil when the call was answered before and is answered alike.
  func create(
    _ creation: borrowing Creation,
    _ call: CallBatch.Call,
    cause: borrowing Cause,
    of batch: CallBatch,
    on store: isolated CustomerStore
  ) throws(Status) -> CreatedCustomer? {
    var remembering: AnsweredCall?
    if creation.key.isEmpty {
      try requireRoom(on: store)
    } else {
      let key = creation.key
      let beginning = try batch.withPayload(call) { (payload) throws(Status) in
        try begin(
          CallRequest(call: call, payload: payload, caller: caller(call.caller), batch: batch), key: key,
          form: .customerAndChallenge, on: store)
      }
      guard let beginning else { return nil }
      remembering = beginning.remembering
    }
    let result = store.create(creation.customer, cause: cause, answering: remembering)
    switch result {
    case .success(let created): return created
    case .failure(let refusal): throw Status(refusal)
    }
  }

  func getChallenge(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.GetChallengeRequest.self)
    let slot = try find(request.customerId, by: call.caller, on: store)
    try requireRoom(on: store)
    let outcome = store.perform(
      .issueChallenge(nonce: store.makeNonce(), renew: request.renew), on: slot, by: call.caller.role,
      cause: Cause(command: .issueChallenge, principal: call.caller.principal))
    try succeeded(outcome, by: call.caller, on: store)
    var challenges = ChallengeRendering(under: store.settings.terms)
    call.succeed { writer in
      writer.message(GatehouseV1.GetChallengeResponse.Field.challenge) {
        store[slot].renderChallenge(by: &challenges, into: &$0)
      }
    }
  }

  func activate(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.ActivateRequest.self)
    var kinds: HoldKinds = []
    for kind in request.kinds { kinds.insert(try RequestValidation.holdKind(kind, "kinds")) }
    try RequestValidation.text(request.reason, "reason", atMost: FieldLimit.reason)
    try change(
      call, request.customerId, .activate(kinds), expecting: request.expectedRevision, key: request.idempotencyKey,
      reason: request.reason, on: store)
  }

  func deactivate(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.DeactivateRequest.self)
    let kind = request.kind == .unspecified ? nil : try RequestValidation.holdKind(request.kind, "kind")
    try RequestValidation.text(request.reason, "reason", atMost: FieldLimit.reason)
    try RequestValidation.text(request.privateDetail, "private_detail", atMost: FieldLimit.privateDetail)
    if !request.privateDetail.isEmpty && call.caller.role != .platform {
      throw .fieldInvalid("private_detail", "is for the platform only")
    }
    try change(
      call, request.customerId, .deactivate(kind, reason: request.reason), expecting: request.expectedRevision,
      key: request.idempotencyKey, reason: request.reason, privateDetail: request.privateDetail, on: store)
  }

  // MARK: - What the calls share

  /// Gives a command on a customer and answers the customer as it is then.
  func change(
    _ call: borrowing CallRequest,
    _ customerID: String,
    _ command: Command,
    expecting expected: UInt64 = 0,
    key: String,
    reason: String = "",
    privateDetail: String = "",
    report: Report? = nil,
    on store: isolated CustomerStore
  ) throws(Status) {
    let slot = try find(customerID, by: call.caller, on: store)
    guard let beginning = try begin(call, key: key, form: .customer, on: store) else { return }
    let outcome = store.perform(
      command, on: slot, by: call.caller.role,
      cause: Cause(
        command: command.name, principal: call.caller.principal, reason: reason, privateDetail: privateDetail),
      expecting: expected, answering: beginning.remembering, report: report)
    try succeeded(outcome, by: call.caller, on: store)
    call.succeed { render(store[slot], as: .customer, into: &$0) }
  }

  /// The customer of an id that the caller may see.
  func find(_ id: String, by caller: Caller, on store: isolated CustomerStore) throws(Status) -> Slot {
    let id = try RequestValidation.customerID(id)
    guard let slot = store.slot(of: id, visibleTo: caller.visibleTenant) else { throw .customerNotFound }
    return slot
  }

  /// Turns the outcome of a command that did not succeed into its status.
  func succeeded(_ outcome: CommandOutcome, by caller: Caller, on store: isolated CustomerStore) throws(Status) {
    switch outcome {
    case .done: return
    case .refused(let refusal): throw Status(refusal, role: caller.role, now: store.now)
    case .revisionMismatch(let current): throw .revisionMismatch(current: current)
    }
  }
}
