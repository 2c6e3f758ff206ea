internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Store

// gatehouse.v1.CustomerService, the calls that change nothing.

extension ServiceDispatcher {
  func getVerification(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.GetVerificationRequest.self)
    let slot = try find(request.customerId, by: call.caller, on: store)
    let state = store[slot].standing.state
    guard state == .verifying else {
      throw Status(
        .failedPrecondition, .illegalTransition,
        "a customer who is \(state.name) has no identity verification going on",
        metadata: [
          ("from", state.name), ("command", "GET_VERIFICATION"),
          (
            "allowed",
            TransitionTable.allowed(in: state, for: call.caller.role).elements.map(\.name).joined(separator: ",")
          ),
        ])
    }
    call.succeed { writer in
      writer.message(GatehouseV1.GetVerificationResponse.Field.verification) {
        store[slot].renderVerification(into: &$0)
      }
    }
  }

  /// How many customers one page looks at, at the most: a list that filters much goes on with the next page rather than
  /// hold the store up.
  private static let slotsScannedPerPage = 20_000
  /// Bytes of customers on a page, so that it fits into a frame whatever their labels are.
  private static let pageBytes = 512 << 10

  func listCustomers(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.ListCustomersRequest.self)
    let tenant = try RequestValidation.visibleTenant(request.tenant, by: call.caller)
    let states = try RequestValidation.states(request.states)
    guard request.pageSize <= UInt32(FieldLimit.pageSize) else {
      throw .fieldInvalid("page_size", "must be at most \(FieldLimit.pageSize)")
    }
    let pageSize = request.pageSize == 0 ? FieldLimit.defaultPageSize : Int(request.pageSize)
    // Slots are numbered in the order of creation and never change: a page begins where the one before ended, whatever
    // happened meanwhile.
    let selection = PageToken.Selection(tenant: tenant, states: states, attentionOnly: request.attentionOnly)
    let first = request.pageToken.isEmpty ? 0 : try PageToken(request.pageToken, of: selection).slot
    let count = store.customerCount
    call.succeed { writer in
      let end = min(count, first + Self.slotsScannedPerPage)
      // Behind the other answers of the turn.
      let start = writer.count
      var listed = 0
      var next = first
      while next < end && listed < pageSize && writer.count - start < Self.pageBytes {
        let customer = store[Slot(next)]
        next += 1
        let matches =
          (tenant == nil || customer.tenant == tenant)
          && (states.isEmpty || states.contains(customer.standing.state))
          && (!request.attentionOnly || customer.standing.attention != .none)
        guard matches else { continue }
        writer.message(GatehouseV1.ListCustomersResponse.Field.customers) { customer.render(into: &$0) }
        listed += 1
      }
      if next < count {
        writer.field(
          GatehouseV1.ListCustomersResponse.Field.nextPageToken, string: PageToken(slot: next, of: selection).text)
      }
    }
  }

  func getHistory(_ call: borrowing CallRequest, on store: isolated CustomerStore) throws(Status) {
    let request = try call.decode(GatehouseV1.GetHistoryRequest.self)
    let slot = try find(request.customerId, by: call.caller, on: store)
    let reading = HistoryReading(
      upTo: store[slot].revision, showingPrivate: call.caller.role == .platform, from: store.hub, on: workers,
      answering: call.returnAddress)
    store.park(reading)
  }
}
