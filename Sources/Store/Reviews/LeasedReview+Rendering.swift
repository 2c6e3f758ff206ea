internal import GatehouseAPI
internal import Lifecycle
public import ProtobufWire

extension LeasedReview {
  /// Writes the fields of a `gatehouse.v1.Review`.
  public func render(into writer: inout WireWriter) {
    typealias Field = GatehouseV1.Review.Field
    writer.nonZero(Field.kind, UInt64(kind.rawValue))
    writer.nonZero(Field.task, UInt64(task.rawValue))
    writer.message(Field.customer) { customer.render(into: &$0) }
    writer.nonZero(Field.attempt, UInt64(customer.pending?.attempt ?? 0))
    if let dueAt = customer.standing.reviewDueAt { writer.timestamp(Field.dueAt, dueAt) }
    withUnsafeBytes(of: token.bigEndian) { writer.field(Field.lease, bytes: $0) }
    writer.timestamp(Field.leaseExpiresAt, leaseExpiresAt)
    switch customer.standing {
    case .screening, .active, .inactive:
      writer.nonEmpty(Field.hitProvider, customer.standing.review?.lastHit?.provider ?? "")
    case .verifying(let review) where review.session != nil:
      writer.message(Field.session) { customer.renderVerification(into: &$0) }
    case .initiating, .verifying, .rejected: break
    }
  }

  private var task: GatehouseV1.ReviewTask {
    switch customer.standing {
    case .screening(let review): review.hits > 0 ? .confirmHit : .screen
    case .active(let monitoring), .inactive(_, let monitoring):
      monitoring.review.map { $0.hits > 0 } ?? false ? .confirmHit : .screen
    case .verifying(let review): review.session == nil ? .openSession : .sessionLapsed
    case .initiating, .rejected: .screen
    }
  }

  /// The lease that a text of a call stands for; nil unless it is one that was handed out, or looks like it.
  public static func token(_ bytes: [UInt8]) -> UInt64? {
    guard bytes.count == MemoryLayout<UInt64>.size else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt64($1) }
  }
}
