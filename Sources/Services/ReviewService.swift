internal import GatehouseAPI
internal import Lifecycle
internal import RPC
internal import Store

// gatehouse.v1.ReviewService: what third parties and compliance say.

extension ServiceDispatcher {
  func reportScreening(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.ReportScreeningRequest.self)
    guard let outcome = UInt8(exactly: request.outcome.rawValue).flatMap(ScreeningReport.Outcome.init(rawValue:)) else {
      throw .fieldInvalid("outcome", "must be CLEAR, HIT or INCONCLUSIVE")
    }
    try RequestValidation.text(request.provider, "provider", atMost: FieldLimit.provider)
    try RequestValidation.text(request.reference, "reference", atMost: FieldLimit.reference)
    try RequestValidation.text(request.risk, "risk", atMost: FieldLimit.risk)
    try RequestValidation.text(request.detail, "detail", atMost: FieldLimit.privateDetail)
    let report = ScreeningReport(
      attempt: request.attempt, outcome: outcome, final: request.final, provider: request.provider)
    try change(
      call, request.customerId, .reportScreening(report), key: request.idempotencyKey, privateDetail: request.detail,
      report: Report(
        attempt: request.attempt, outcome: UInt32(outcome.rawValue), provider: request.provider,
        reference: request.reference, risk: request.risk, detail: request.detail, isFinal: request.final),
      on: store)
  }

  func startVerification(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.StartVerificationRequest.self)
    try RequestValidation.text(request.provider, "provider", atLeast: 1, atMost: FieldLimit.provider)
    try RequestValidation.text(request.reference, "reference", atMost: FieldLimit.reference)
    try RequestValidation.text(request.sessionUrl, "session_url", atMost: FieldLimit.sessionURL)
    let session = Session(
      provider: request.provider, reference: request.reference, url: request.sessionUrl,
      expiresAt: try request.expiresAt.map(Self.time))
    try change(
      call, request.customerId, .startVerification(attempt: request.attempt, session), key: request.idempotencyKey,
      on: store)
  }

  func reportVerification(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.ReportVerificationRequest.self)
    guard let outcome = UInt8(exactly: request.outcome.rawValue).flatMap(VerificationReport.Outcome.init(rawValue:))
    else {
      throw .fieldInvalid("outcome", "must be APPROVED, DECLINED, RETRY or EXPIRED")
    }
    try RequestValidation.text(request.provider, "provider", atMost: FieldLimit.provider)
    try RequestValidation.text(request.reference, "reference", atMost: FieldLimit.reference)
    try RequestValidation.text(request.detail, "detail", atMost: FieldLimit.privateDetail)
    try RequestValidation.text(request.reason, "reason", atMost: FieldLimit.reason)
    let report = VerificationReport(
      attempt: request.attempt, outcome: outcome, reference: request.reference, reason: request.reason)
    try change(
      call, request.customerId, .reportVerification(report), key: request.idempotencyKey, reason: request.reason,
      privateDetail: request.detail,
      report: Report(
        attempt: request.attempt, outcome: UInt32(outcome.rawValue), provider: request.provider,
        reference: request.reference, detail: request.detail),
      on: store)
  }

  func requestScreening(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.RequestScreeningRequest.self)
    try RequestValidation.text(request.reason, "reason", atMost: FieldLimit.reason)
    try change(
      call, request.customerId, .requestScreening, key: request.idempotencyKey, reason: request.reason, on: store)
  }

  func reject(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.RejectRequest.self)
    try RequestValidation.text(request.reason, "reason", atLeast: 1, atMost: FieldLimit.reason)
    try RequestValidation.text(request.evidence, "evidence", atMost: FieldLimit.privateDetail)
    try change(
      call, request.customerId, .reject(reason: request.reason), key: request.idempotencyKey, reason: request.reason,
      privateDetail: request.evidence, on: store)
  }

  /// Seconds that a `google.protobuf.Timestamp` may hold: the years 1 to 9999.
  private static let timestampSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  private static func time(_ time: GoogleProtobuf.Timestamp) throws(Status) -> Timestamp {
    guard timestampSeconds.contains(time.seconds), (0...999_999_999).contains(time.nanos) else {
      throw .fieldInvalid("expires_at", "is not a time between the years 1 and 9999")
    }
    return Timestamp(microseconds: time.seconds * 1_000_000 + Int64(time.nanos) / 1000)
  }
}
