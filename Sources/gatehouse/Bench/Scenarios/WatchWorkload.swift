internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Synchronization

/// Takes customers in for others to watch, and tells when each was asked for.
struct WatchWorkload: Workload {
  private var creation: CreateWorkload
  private let log: DeliveryRegister

  init(_ creation: CreateWorkload, log: DeliveryRegister) {
    self.creation = creation
    self.log = log
  }

  mutating func appendCall(_ lane: Int, stream: UInt32, to queue: inout ByteQueue) {
    creation.appendCall(lane, stream: stream, to: &queue)
  }

  mutating func take(_ lane: Int, _ payload: UnsafeRawBufferPointer?, begun: UInt64) -> WorkloadStep {
    guard let payload, let revision = try? Self.revision(payload) else { return .failed }
    log.deliveries.withLock { $0.acknowledge(revision, begun: begun) }
    return .complete
  }

  private static func revision(_ payload: UnsafeRawBufferPointer) throws(WireError) -> UInt64 {
    try payload.field(GatehouseV1.CreateCustomerResponse.Field.customer).number(GatehouseV1.Customer.Field.revision)
  }
}
