/// The public reasons of rejections that no person worded. They name the step and nothing of what was found.
public enum RejectionReason {
  /// The screening of the wallet was unsatisfactory, and confirmed.
  public static let screeningFailed = "SCREENING_FAILED"
  /// The identity verification was refused for good.
  public static let verificationDeclined = "VERIFICATION_DECLINED"
}
