internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store
internal import Wallet

/// A `gatehouse.v1.GetCustomerRequest` as it lies in a call: its texts in place. Valid as long as the call's bytes.
/// That it reads what the generated message reads is tested.
struct LookupRequest {
  private(set) var customerID = none
  private(set) var externalID = none
  private(set) var wallet = none
  private(set) var tenant = none

  private static var none: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nil, count: 0) }

  init(decoding payload: UnsafeRawBufferPointer) throws(WireError) {
    typealias Field = GatehouseV1.GetCustomerRequest.Field
    var reader = WireReader(payload)
    while let tag = try reader.nextTag() {
      switch tag {
      case WireTag(field: Field.customerId, type: .lengthDelimited): customerID = try reader.utf8()
      case WireTag(field: Field.externalId, type: .lengthDelimited): externalID = try reader.utf8()
      case WireTag(field: Field.wallet, type: .lengthDelimited): wallet = try reader.utf8()
      case WireTag(field: Field.tenant, type: .lengthDelimited): tenant = try reader.utf8()
      default: try reader.skip(tag)
      }
    }
  }
}

/// A GetCustomer whose fields are right: who is looked for.
struct CustomerLookup {
  var key: CustomerKey
  /// Whose customer it is; without meaning where the key is an id.
  var tenant: String
  /// Where an external id lies in the call's bytes.
  var externalID: Range<Int>
}

extension ServiceDispatcher {
  /// Reads and checks a GetCustomer, and hashes what the customer is looked for by, on the thread that read the call.
  ///
  /// - Parameter prepared: where it is added.
  func addLookup(
    _ payload: UnsafeRawBufferPointer, by caller: CallerID, to prepared: inout PreparedCalls
  ) throws(Status) {
    let request: LookupRequest
    do throws(WireError) {
      request = try LookupRequest(decoding: payload)
    } catch {
      throw .payloadMalformed(.customerServiceGetCustomer, error)
    }
    let given =
      (request.customerID.isEmpty ? 0 : 1) + (request.externalID.isEmpty ? 0 : 1) + (request.wallet.isEmpty ? 0 : 1)
    guard given == 1 else {
      throw .fieldInvalid("customer_id", "exactly one of customer_id, external_id and wallet must be given")
    }
    if !request.customerID.isEmpty {
      let id = try RequestValidation.customerID(request.customerID)
      return prepared.lookups.append(CustomerLookup(key: .id(id), tenant: "", externalID: 0..<0))
    }
    let tenant = try tenant(request.tenant, by: caller, &prepared.tenants)
    if !request.wallet.isEmpty {
      let account = try RequestValidation.wallet(request.wallet)
      return prepared.lookups.append(
        CustomerLookup(key: store.key(of: account, tenant: tenant), tenant: tenant.name, externalID: 0..<0))
    }
    let start = request.externalID.baseAddress.map { $0 - payload.baseAddress.unsafelyUnwrapped } ?? 0
    // Made where it stays: to copy what was just written would have to wait for it.
    prepared.lookups.append(
      CustomerLookup(
        key: .externalID(hash: store.hash(ofExternalID: request.externalID, tenant: tenant)), tenant: tenant.name,
        externalID: start..<start + request.externalID.count))
  }

  /// Answers a GetCustomer.
  ///
  /// - Parameter probable: the slot of the customer who probably has its key.
  func getCustomer(
    _ lookup: borrowing CustomerLookup,
    probably probable: Slot?,
    _ call: CallBatch.Call,
    of batch: CallBatch,
    into replies: ReplyBatch,
    on store: isolated CustomerStore
  ) throws(Status) {
    let slot: Slot?
    if case .id(let id) = lookup.key {
      slot = store.slot(of: id, probably: probable, visibleTo: caller(call.caller).visibleTenant)
    } else {
      let externalID = lookup.externalID
      slot = batch.withPayload(call) { payload in
        store.slot(
          of: lookup.key, probably: probable, externalID: UnsafeRawBufferPointer(rebasing: payload[externalID]),
          tenant: lookup.tenant)
      }
    }
    guard let slot else { throw .customerNotFound }
    replies.succeed(call.connection, call.stream) { writer in
      store.renderAnswer(slot, customer: GatehouseV1.GetCustomerResponse.Field.customer, into: &writer)
    }
  }
}
