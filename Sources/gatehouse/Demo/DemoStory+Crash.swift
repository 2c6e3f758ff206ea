internal import GatehouseAPI

/// The server is killed in the middle of its work, and everything that it has said is still true.
extension DemoStory {
  /// What the server says of everybody.
  private struct Testimony: Equatable {
    var customers: [GatehouseV1.Customer] = []
    var histories: [[GatehouseV1.Event]] = []
  }

  private func testimony() throws(CommandFailure) -> Testimony {
    var testimony = Testimony()
    for customer in customers {
      testimony.customers.append(try stage.get(customer.id))
      var request = GatehouseV1.GetHistoryRequest()
      request.customerId = customer.id
      let response: GatehouseV1.GetHistoryResponse = try stage.session.call(.customerServiceGetHistory, request)
      testimony.histories.append(response.events)
    }
    return testimony
  }

  func crash(_ server: DemoServer, _ ada: DemoCustomer, started: (DemoServer) -> Void) throws(CommandFailure) {
    stage.act("The power fails")
    let before = try testimony()
    try stage.expect(
      before.histories.joined().count == Int(stage.lastRevision), "the histories hold every event",
      found: "\(before.histories.joined().count) of \(stage.lastRevision)")
    try stage.deactivate(ada, .operational, "the last word before the crash")
    let last = try stage.get(ada.id)
    try stage.expect(server.crash(), "kill -9 ends the server")
    try stage.done("kill -9, right behind the answer")
    try server.restart()
    started(server)
    try stage.reconnect(to: server.address)
    try stage.done("started again on the same data, listening on \(server.address)")
    try stage.expect(try stage.get(ada.id) == last, "the last answer before the crash is true")
    try stage.done("the last answer before the crash is still true")
    try stage.activate(ada, [], leadsTo: .active, "the Watch stream goes on behind the last event that it had shown")
    var after = try testimony()
    let index = customers.firstIndex { $0.id == ada.id } ?? 0
    after.customers[index] = before.customers[index]
    after.histories[index].removeLast(2)
    try stage.expect(after == before, "customers and histories are what they were")
    try stage.done("\(customers.count) customers and their histories are what they were, byte for byte")
    try repeatCreation(of: ada)
  }
}
