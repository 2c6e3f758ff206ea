internal import GatehouseAPI
internal import RPC

/// Takes customers in, one a call.
struct CreateWorkload: Workload {
  private let template: CallTemplate
  private let customers: CustomerNumber
  /// The next customer's number.
  private var next: UInt64
  private let stride: UInt64

  /// - Parameters:
  ///   - first: the number of the first customer.
  ///   - stride: what lies between two of them: the others are other threads'.
  init(_ customers: CustomerNumber, first: UInt64, stride: UInt64) {
    self.customers = customers
    next = first
    self.stride = stride
    template = CallTemplate(
      .customerServiceCreateCustomer, SampleCustomer.creation, marks: [CustomerNumber.mark])
  }

  mutating func appendCall(_: Int, stream: UInt32, to queue: inout ByteQueue) {
    customers.withDigits(next) { template.append(stream, to: &queue, $0) }
    next &+= stride
  }

  mutating func take(_: Int, _: UnsafeRawBufferPointer?, begun _: UInt64) -> WorkloadStep { .complete }
}
