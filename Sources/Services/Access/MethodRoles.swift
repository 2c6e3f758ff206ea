public import GatehouseAPI
public import Lifecycle

/// Which roles may call which methods: the whole table, asked before anything of a call is looked at. What a role may
/// do to a customer that it may see is the lifecycle's business.
public enum MethodRoles {
  /// The roles that may call a method.
  public static func roles(for method: RPCMethod) -> Roles {
    switch method {
    case .customerServiceGetVerification, .customerServiceGetCustomer, .customerServiceListCustomers,
      .customerServiceGetHistory, .customerServiceWatch, .customerServiceWatchStats, .healthCheck, .healthList,
      .healthWatch:
      .all
    // GetChallenge issues a new challenge where the present one has expired, so it is no mere reading. The simulator is
    // for partners who try the sandbox: they play the third parties of their own customers.
    case .customerServiceCreateCustomer, .customerServiceGetChallenge, .customerServiceSubmitChallenge,
      .customerServiceActivate, .customerServiceDeactivate, .simulatorServiceVerify, .simulatorServiceReject,
      .simulatorServiceScreen:
      [.partner, .platform]
    case .reviewServiceClaimReviews, .reviewServiceRenewReviews, .reviewServiceReportScreening,
      .reviewServiceStartVerification, .reviewServiceReportVerification, .reviewServiceRequestScreening,
      .reviewServiceReject, .adminServiceGetStatus, .adminServiceTakeSnapshot, .adminServiceBackup:
      [.platform]
    }
  }
}
