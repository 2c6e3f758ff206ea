internal import GatehouseAPI
internal import Lifecycle
internal import ProtobufWire
internal import RPC
internal import Testing

@testable import Services

struct MethodRolesTests {
  /// The table, written once more: who may call what, by hand.
  private static let table: [RPCMethod: Roles] = [
    .customerServiceCreateCustomer: [.partner, .platform],
    .customerServiceGetChallenge: [.partner, .platform],
    .customerServiceSubmitChallenge: [.partner, .platform],
    .customerServiceGetVerification: .all,
    .customerServiceActivate: [.partner, .platform],
    .customerServiceDeactivate: [.partner, .platform],
    .customerServiceGetCustomer: .all,
    .customerServiceListCustomers: .all,
    .customerServiceGetHistory: .all,
    .customerServiceWatch: .all,
    .customerServiceWatchStats: .all,
    .reviewServiceClaimReviews: [.platform],
    .reviewServiceRenewReviews: [.platform],
    .reviewServiceReportScreening: [.platform],
    .reviewServiceStartVerification: [.platform],
    .reviewServiceReportVerification: [.platform],
    .reviewServiceRequestScreening: [.platform],
    .reviewServiceReject: [.platform],
    .simulatorServiceVerify: [.partner, .platform],
    .simulatorServiceReject: [.partner, .platform],
    .simulatorServiceScreen: [.partner, .platform],
    .adminServiceGetStatus: [.platform],
    .adminServiceTakeSnapshot: [.platform],
    .adminServiceBackup: [.platform],
    .healthCheck: .all,
    .healthList: .all,
    .healthWatch: .all,
  ]

  static func access() throws -> AccessControl {
    let lines = try Role.allCases.map { role in
      try TokenHolder(
        digest: TokenDigest(of: role.name), principal: "a-\(role.name)",
        tenant: role == .platform ? TokenHolder.everyTenant : "acme", role: role
      ).line
    }
    return AccessControl(try TokensFile(Array(lines.joined(separator: "\n").utf8)))
  }

  /// Why a call with nothing in it is refused; nil when it is not.
  private func refusal(_ fixture: ServicesFixture, _ method: RPCMethod) -> Status? {
    if method.isServerStreaming || method.isHeld {
      let source = fixture.open(method, GatehouseV1.WatchRequest()).source
      defer { source.cancelled() }
      var writer = WireWriter()
      guard case .end(let status) = source.next(into: &writer, now: 1) else { return nil }
      return status
    }
    guard case .failure(let status) = fixture.call(method, []) else { return nil }
    return status
  }

  @Test(arguments: Role.allCases) func everyCellIsAsked(role: Role) throws {
    let fixture = try ServicesFixture(access: Self.access())
    try fixture.become(role.name)
    for method in RPCMethod.allCases {
      let roles = try #require(Self.table[method], "\(method.path) is not in the table")
      #expect(MethodRoles.roles(for: method) == roles, "\(method.path)")
      let status = refusal(fixture, method)
      if roles.contains(role) {
        #expect(status?.reason != "ROLE_NOT_ALLOWED", "\(method.path): \(role.name)")
      } else {
        #expect(status?.code == .permissionDenied, "\(method.path): \(role.name)")
        #expect(status?.reason == "ROLE_NOT_ALLOWED", "\(method.path): \(role.name)")
        #expect(status?.errorInfo?.metadata["role"] == role.name)
        #expect(status?.errorInfo?.metadata["method"] == method.path)
      }
    }
  }

  /// Whoever may not call a method learns nothing by calling it: not even whether the request could be read.
  @Test func theRoleIsAskedFirst() throws {
    let fixture = try ServicesFixture(access: Self.access())
    try fixture.become("observer")
    for method in RPCMethod.allCases where !method.isServerStreaming && Self.table[method]?.contains(.observer) == false
    {
      guard case .failure(let status) = fixture.call(method, [0x0A, 0xFF]) else {
        Issue.record("\(method.path) took it")
        continue
      }
      #expect(status.reason == "ROLE_NOT_ALLOWED")
    }
  }

  /// The lifecycle's table and this one say the same of the same commands.
  @Test func commandsAreForTheSameRoles() {
    let methods: [CommandName: RPCMethod] = [
      .createCustomer: .customerServiceCreateCustomer, .issueChallenge: .customerServiceGetChallenge,
      .submitChallenge: .customerServiceSubmitChallenge, .reportScreening: .reviewServiceReportScreening,
      .startVerification: .reviewServiceStartVerification, .reportVerification: .reviewServiceReportVerification,
      .activate: .customerServiceActivate, .deactivate: .customerServiceDeactivate, .reject: .reviewServiceReject,
      .requestScreening: .reviewServiceRequestScreening,
    ]
    for command in CommandName.allCases {
      // Without a method it is the clock's.
      #expect((methods[command].map { MethodRoles.roles(for: $0) } ?? []) == TransitionTable.roles(for: command))
    }
  }

  @Test func everyEventNamesItsPrincipal() throws {
    let fixture = try ServicesFixture(access: Self.access())
    try fixture.become("partner")
    let id = try fixture.makeActive(1)
    try fixture.deactivate(id, "asked for")
    try fixture.activate(id)
    try fixture.become("platform")
    var reject = GatehouseV1.RejectRequest()
    reject.customerId = id
    reject.reason = "fraud"
    _ = try fixture.call(.reviewServiceReject, reject, GatehouseV1.RejectResponse.self)
    var request = GatehouseV1.GetHistoryRequest()
    request.customerId = id
    let events = try fixture.call(
      .customerServiceGetHistory, request, GatehouseV1.GetHistoryResponse.self
    ).events
    #expect(events.map(\.cause?.principal) == Array(repeating: "a-partner", count: 6) + ["a-platform"])
  }
}
