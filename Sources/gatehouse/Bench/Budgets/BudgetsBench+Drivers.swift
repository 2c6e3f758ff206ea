internal import GatehouseAPI
internal import ProtobufWire
internal import System

// What other programs drive: the same server by another harness, and a server of another protocol.

extension BudgetsBench {
  /// Calls that both harnesses make.
  enum CheckedCall {
    case create
    /// GetCustomer by external id, of the customers that are there.
    case lookUp
  }

  /// What gh-load, which shares no line with this harness, measures of the same server. Far apart, one of the two is
  /// wrong, or the machine is somebody else's.
  ///
  /// A call costs gh-load 0.35 us of the processors that the server works on, this harness 0.2: for a creation that is
  /// little, of a lookup it is a sixth.
  func byGatehouseLoad(
    _ session: BenchSession, _ what: String, _ load: ScenarioResult.Load, _ call: CheckedCall
  ) -> Turn {
    let budget = Budget(
      what: what, unit: .rate, requirement: call == .create ? .between(0.75, 1.33) : .between(0.67, 1.5),
      reference: "gh-load, the same server")
    return (
      budget,
      { () throws(ReferencePrograms.Missing) in
        let settings = LoadSettings(call == .create ? .create : .get)
        let first = CustomerNumber.first(of: settings.seed)
        var calls = ReferencePrograms.Calls(
          method: .customerServiceCreateCustomer, payload: SampleCustomer.creation.encoded(),
          first: first + session.newCustomers())
        if call == .lookUp {
          calls = ReferencePrograms.Calls(
            method: .customerServiceGetCustomer, payload: SampleCustomer.lookUp.encoded(), first: first,
            customers: settings.population)
        }
        return try self.references.loadGatehouse(
          port: session.subject.target.address.port, load, calls, seconds: self.extent.seconds
        ).rate
      }
    )
  }

  /// A grpc-swift server with an actor for a store and a log.
  func byGRPC(_ what: String, _ requirement: Budget.Requirement, _ load: ScenarioResult.Load) -> Turn {
    byH2load(what, requirement, load, .createCustomer, "grpc-swift, actor and log") {
      () throws(ReferencePrograms.Missing) in
      try references.serve("peer-grpc") {
        ["wal", "\($0)", "\(references.scratch)/reference.grpc-log", "\(Self.logMebibytes)"]
      }
    }
  }

  func byEtcd(_ what: String, _ requirement: Budget.Requirement, _ load: ScenarioResult.Load, valueBytes: Int) -> Turn {
    byH2load(what, requirement, load, .put(valueBytes: valueBytes), "etcd Put") {
      () throws(ReferencePrograms.Missing) in try references.serveEtcd()
    }
  }

  /// A gRPC server, where it and h2load are there.
  private func byH2load(
    _ what: String, _ requirement: Budget.Requirement, _ load: ScenarioResult.Load, _ call: ReferencePrograms.GRPCCall,
    _ reference: String, _ start: () throws(ReferencePrograms.Missing) -> ReferenceServer
  ) -> Turn {
    let server = started { () throws(ReferencePrograms.Missing) in
      _ = try references.path(of: "h2load")
      return try start()
    }
    return (
      Budget(what: what, unit: .rate, requirement: requirement, reference: reference),
      { () throws(ReferencePrograms.Missing) in
        try self.references.loadGRPC(server.get(), call, load, seconds: self.extent.seconds).rate
      }
    )
  }
}
