internal import GatehouseAPI
internal import RPC

/// Looks customers up, one a call, in scattered order.
struct GetWorkload: Workload {
  private let template: CallTemplate
  private let customers: CustomerNumber
  private var choice: SplitMix
  private let population: UInt64

  /// - Parameters:
  ///   - population: customers from number 0 on are there.
  ///   - seed: what the order is made of.
  init(_ customers: CustomerNumber, population: UInt64, seed: UInt64) {
    self.customers = customers
    self.population = max(population, 1)
    choice = SplitMix(seed: seed)
    template = CallTemplate(
      .customerServiceGetCustomer, SampleCustomer.lookUp, marks: [CustomerNumber.mark])
  }

  mutating func appendCall(_: Int, stream: UInt32, to queue: inout ByteQueue) {
    customers.withDigits(choice.next(below: population)) { template.append(stream, to: &queue, $0) }
  }

  mutating func take(_: Int, _: UnsafeRawBufferPointer?, begun _: UInt64) -> WorkloadStep { .complete }
}
