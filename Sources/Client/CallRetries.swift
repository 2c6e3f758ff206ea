internal import RPC

/// Whether and when a unary call that has failed is made again. A value: clock and randomness come from outside.
struct CallRetries: Sendable {
  enum Decision: Equatable {
    /// On ``MonotonicClock``, in nanoseconds; before the deadline.
    case again(at: UInt64)
    /// The failure is the call's end.
    case end
  }

  /// A second time does nothing more than the first: so says the method, or the request has an idempotency key.
  let isRepeatable: Bool
  /// On ``MonotonicClock``, in nanoseconds; `UInt64.max` is none.
  let deadline: UInt64
  private var backoff: Backoff

  init(isRepeatable: Bool, deadline: UInt64, _ settings: ClientSettings) {
    self.isRepeatable = isRepeatable
    self.deadline = deadline
    backoff = Backoff(settings)
  }

  mutating func decide(
    after failure: GatehouseError, now: UInt64, using random: inout some RandomNumberGenerator
  ) -> Decision {
    guard let least = leastPause(after: failure) else { return .end }
    let (moment, overflow) = now.addingReportingOverflow(max(backoff.pause(using: &random), least))
    return overflow || moment > deadline ? .end : .again(at: moment)
  }

  /// How long to wait at least; nil when the call must not be made again.
  private func leastPause(after failure: GatehouseError) -> UInt64? {
    switch failure.code {
    case .resourceExhausted: failure.retryAfter?.nanoseconds
    case .unavailable: failure.isUnbegun || isRepeatable ? 0 : nil
    default: nil
    }
  }
}
