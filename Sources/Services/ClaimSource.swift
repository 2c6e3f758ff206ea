internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Store
internal import Synchronization

/// A ClaimReviews: held until the store gives it reviews, or its wait is over. Confined to its loop's thread, but for
/// what the store brings, which comes through `ClaimDelivery`.
final class ClaimSource: ReplySource {
  private enum Phase {
    case new
    /// The store has the claim, until this time in nanoseconds of the monotonic clock.
    case waiting(ReviewClaim, until: UInt64)
    /// The store is asked to take the claim back, and answers it with nothing, unless it has answered it before.
    case withdrawing
  }

  private let request: GatehouseV1.ClaimReviewsRequest
  private let kind: ReviewKind
  private let store: CustomerStore
  private let delivery: ClaimDelivery
  private var phase = Phase.new
  /// What the answer holds, until it is known to be on its way.
  private var answered: [LeasedReview] = []

  /// - Parameter request: with fields that are right.
  init(_ request: GatehouseV1.ClaimReviewsRequest, kind: ReviewKind, store: CustomerStore, waker: StreamWaker) {
    self.request = request
    self.kind = kind
    self.store = store
    delivery = ClaimDelivery(store: store, waker: waker)
  }

  func next(into payload: inout WireWriter, now: UInt64) -> ReplyProgress {
    if case .new = phase { begin(now: now) }
    switch delivery.take() {
    case .success(let reviews):
      answered = reviews
      for review in reviews {
        payload.message(GatehouseV1.ClaimReviewsResponse.Field.reviews) { review.render(into: &$0) }
      }
      return .answer
    case .failure(let status): return .end(status)
    case nil: break
    }
    guard case .waiting(let claim, let end) = phase else { return .idle(until: .max) }
    if now < end { return .idle(until: end) }
    phase = .withdrawing
    store.executor.submit(ClaimTurn(.withdraw(claim, delivery), store: store))
    return .idle(until: .max)
  }

  func cancelled() {
    delivery.close()
    // The answer was too long for the client.
    delivery.put(.success(answered))
    if case .waiting(let claim, _) = phase {
      store.executor.submit(ClaimTurn(.withdraw(claim, delivery), store: store))
    }
  }

  private func begin(now: UInt64) {
    let waits = request.waitMs > 0
    let claim = ReviewClaim(
      kind, most: max(1, Int(request.max)),
      leaseMilliseconds: request.leaseMs == 0 ? ClaimLimit.defaultLease : request.leaseMs, waits: waits
    ) { [delivery] in delivery.put(.success($0)) }
    phase = .waiting(claim, until: waits ? now &+ UInt64(request.waitMs) * 1_000_000 : .max)
    store.executor.submit(ClaimTurn(.claim(claim, delivery), store: store))
  }
}

/// What a claim may ask for, in milliseconds.
enum ClaimLimit {
  static let leases: ClosedRange<UInt32> = 100...3_600_000
  static let defaultLease: UInt32 = 60_000
  /// Less than what lies idle between client and server is cut off after.
  static let longestWait: UInt32 = 60_000
}

/// Where the store leaves what a claim came to, until its loop takes it.
final class ClaimDelivery: Sendable {
  private struct State {
    var outcome: Result<[LeasedReview], Status>?
    var isClosed = false
  }

  private let state = Mutex(State())
  private let store: CustomerStore
  private let waker: StreamWaker

  init(store: CustomerStore, waker: StreamWaker) {
    self.store = store
    self.waker = waker
  }

  /// Leaves the outcome. Where nobody takes it any more, the reviews go back.
  func put(_ outcome: Result<[LeasedReview], Status>) {
    let isOpen = state.withLock { state in
      if !state.isClosed { state.outcome = outcome }
      return !state.isClosed
    }
    if isOpen { waker.wake() } else { takeBack(outcome) }
  }

  func take() -> Result<[LeasedReview], Status>? {
    state.withLock { state in
      defer { state.outcome = nil }
      return state.outcome
    }
  }

  /// Nobody takes anything any more.
  func close() {
    let left = state.withLock { state in
      defer { state = State(isClosed: true) }
      return state.outcome
    }
    if let left { takeBack(left) }
  }

  private func takeBack(_ outcome: Result<[LeasedReview], Status>) {
    guard case .success(let reviews) = outcome, !reviews.isEmpty else { return }
    // On the store's thread: this one may be the journal's.
    store.executor.submit(ClaimTurn(.takeBack(reviews), store: store), isLarge: true)
  }
}

/// A turn of the store about a claim.
private final class ClaimTurn: CombiningExecutor.Work, CommitGate.Waiter {
  enum Order: Sendable {
    case claim(ReviewClaim, ClaimDelivery)
    case withdraw(ReviewClaim, ClaimDelivery)
    case takeBack([LeasedReview])
  }

  private let order: Order
  private let store: CustomerStore

  init(_ order: Order, store: CustomerStore) {
    self.order = order
    self.store = store
  }

  func run() {
    store.assumeIsolated { store in
      store.beginTurn()
      switch order {
      case .claim(let claim, let delivery):
        if !store.claim(claim) { delivery.put(.failure(.tooManyClaims)) }
      case .withdraw(let claim, let delivery):
        if store.withdraw(claim) { delivery.put(.success([])) }
      case .takeBack(let reviews): store.takeBack(reviews)
      }
      store.endTurn(answering: self)
    }
  }

  func committed() {}
}

extension ServiceDispatcher {
  func openClaim(_ call: StreamOpening) throws(Status) -> any ReplySource {
    let request: GatehouseV1.ClaimReviewsRequest
    do throws(WireError) {
      request = try GatehouseV1.ClaimReviewsRequest(decoding: call.payload)
    } catch {
      throw .payloadMalformed(call.method, error)
    }
    guard let kind = UInt8(exactly: request.kind.rawValue).flatMap(ReviewKind.init(rawValue:)) else {
      throw .fieldInvalid("kind", "must be SCREENING or VERIFICATION")
    }
    guard request.max <= UInt32(FieldLimit.claimedReviews) else {
      throw .fieldInvalid("max", "must be at most \(FieldLimit.claimedReviews)")
    }
    guard request.leaseMs == 0 || ClaimLimit.leases.contains(request.leaseMs) else { throw .leaseInvalid }
    guard request.waitMs <= ClaimLimit.longestWait else {
      throw .fieldInvalid("wait_ms", "must be at most \(ClaimLimit.longestWait)")
    }
    return ClaimSource(request, kind: kind, store: store, waker: call.waker)
  }

  func renewReviews(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.RenewReviewsRequest.self)
    guard request.leaseMs == 0 || ClaimLimit.leases.contains(request.leaseMs) else { throw .leaseInvalid }
    guard request.leases.count <= FieldLimit.claimedReviews else {
      throw .fieldInvalid("leases", "at most \(FieldLimit.claimedReviews) are taken")
    }
    var tokens: [UInt64] = []
    for lease in request.leases {
      guard let token = LeasedReview.token(lease) else { throw .fieldInvalid("leases", "must be of 8 bytes each") }
      tokens.append(token)
    }
    let renewed = store.renewReviews(tokens, milliseconds: request.leaseMs)
    var response = GatehouseV1.RenewReviewsResponse()
    response.leases = renewed.tokens.map { withUnsafeBytes(of: $0.bigEndian) { Array($0) } }
    response.leaseExpiresAt = renewed.leaseExpiresAt.map { GoogleProtobuf.Timestamp($0) }
    call.succeed { response.encode(into: &$0) }
  }
}

extension Status {
  static let tooManyClaims = Status(
    .resourceExhausted, .overloaded, "as many claims wait for reviews as are allowed; try again",
    retryAfterMicroseconds: 1_000_000)

  static let leaseInvalid: Status = .fieldInvalid(
    "lease_ms", "must be from \(ClaimLimit.leases.lowerBound) to \(ClaimLimit.leases.upperBound)")
}
