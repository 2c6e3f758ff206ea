internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import Wallet
internal import WalletSigner

/// Lets customers live: each lane takes one in, signs the challenge, has them screened and verified, until they are
/// ACTIVE.
struct OnboardWorkload: Workload {
  private enum Step: UInt8 {
    case create, submit, screen, startVerification, verify
  }

  /// What a lane's customer is known by.
  private struct Life {
    var step = Step.create
    /// Which of the wallets is theirs.
    var wallet = 0
  }

  /// Wallets that are used again and again, on another chain each time: making a key costs as much as signing.
  private static let walletCount = 64
  /// Chains begin here, so that their numbers are all as long; those of real chains are shorter.
  private static let firstChain: UInt64 = 1_000_000_000_000_000
  private static let identifierBytes = 36
  private static let signatureBytes = 65

  private let templates: OnboardTemplates
  private let customers: CustomerNumber
  private let wallets: [ThrowawayWallet]
  /// As in a CAIP-10 account id, behind the chain.
  private let addresses: [[UInt8]]
  private var next: UInt64
  private let stride: UInt64
  private var lives: [Life]
  /// The customers' ids, and then their signatures, lane by lane.
  private var identifiers: [UInt8]
  private var signatures: [UInt8]

  init(_ customers: CustomerNumber, lanes: Int, first: UInt64, stride: UInt64, seed: UInt64) {
    self.customers = customers
    next = first
    self.stride = stride
    templates = OnboardTemplates()
    var random = SplitMix(seed: seed ^ first)
    var wallets: [ThrowawayWallet] = []
    while wallets.count < Self.walletCount {
      let key = (0..<4).flatMap { _ in withUnsafeBytes(of: random.next()) { [UInt8]($0) } }
      if let wallet = ThrowawayWallet(privateKey: key) { wallets.append(wallet) }
    }
    self.wallets = wallets
    addresses = wallets.map { Array("\($0.address)".utf8) }
    lives = [Life](repeating: Life(), count: lanes)
    identifiers = [UInt8](repeating: 0, count: lanes * Self.identifierBytes)
    signatures = [UInt8](repeating: 0, count: lanes * Self.signatureBytes)
  }

  // MARK: Calls

  mutating func appendCall(_ lane: Int, stream: UInt32, to queue: inout ByteQueue) {
    let life = lives[lane]
    if life.step == .create { return appendCreation(lane, stream, &queue) }
    let start = lane * Self.identifierBytes
    identifiers[start..<(start + Self.identifierBytes)].withUnsafeBytes { identifier in
      switch life.step {
      case .create: break
      case .submit:
        let start = lane * Self.signatureBytes
        signatures[start..<(start + Self.signatureBytes)].withUnsafeBytes {
          templates.submission.append(stream, to: &queue, identifier, $0)
        }
      case .screen: templates.screening.append(stream, to: &queue, identifier)
      case .startVerification: templates.session.append(stream, to: &queue, identifier)
      case .verify: templates.verification.append(stream, to: &queue, identifier)
      }
    }
  }

  private mutating func appendCreation(_ lane: Int, _ stream: UInt32, _ queue: inout ByteQueue) {
    let number = next
    next &+= stride
    lives[lane].wallet = Int(number % UInt64(wallets.count))
    let account = Array("eip155:\(Self.firstChain &+ number):".utf8) + addresses[lives[lane].wallet]
    account.withUnsafeBytes { account in
      customers.withDigits(number) { templates.creation.append(stream, to: &queue, $0, account) }
    }
  }

  // MARK: Answers

  mutating func take(_ lane: Int, _ payload: UnsafeRawBufferPointer?, begun _: UInt64) -> WorkloadStep {
    guard let payload else {
      lives[lane].step = .create
      return .failed
    }
    if lives[lane].step == .create, (try? prove(lane, payload)) != true { return .failed }
    guard let step = Step(rawValue: lives[lane].step.rawValue + 1) else {
      lives[lane].step = .create
      return .complete
    }
    lives[lane].step = step
    return .goesOn
  }

  /// The id of the customer that a lane was last through with.
  func withIdentifier(_ lane: Int, _ body: (UnsafeRawBufferPointer) -> Void) {
    let start = lane * Self.identifierBytes
    identifiers[start..<(start + Self.identifierBytes)].withUnsafeBytes(body)
  }

  /// Signs the challenge that a customer was taken in with.
  ///
  /// - Returns: whether there was one.
  private mutating func prove(_ lane: Int, _ payload: UnsafeRawBufferPointer) throws(WireError) -> Bool {
    let customer = try payload.field(GatehouseV1.CreateCustomerResponse.Field.customer)
    let identifier = try customer.field(GatehouseV1.Customer.Field.id)
    let challenge = try payload.field(GatehouseV1.CreateCustomerResponse.Field.challenge)
    let message = try challenge.field(GatehouseV1.Challenge.Field.message)
    guard identifier.count == Self.identifierBytes, !message.isEmpty else { return false }
    let signature = wallets[lives[lane].wallet].sign(message: message).bytes
    guard signature.count == Self.signatureBytes else { return false }
    let start = lane * Self.identifierBytes
    identifiers.replaceSubrange(start..<(start + Self.identifierBytes), with: identifier)
    let signatureStart = lane * Self.signatureBytes
    signatures.replaceSubrange(signatureStart..<(signatureStart + Self.signatureBytes), with: signature)
    return true
  }
}

/// The calls of a life, with holes for what differs between customers.
private struct OnboardTemplates: Sendable {
  let creation: CallTemplate
  let submission: CallTemplate
  let screening: CallTemplate
  let session: CallTemplate
  let verification: CallTemplate

  init() {
    // As long as an account id of a chain of 16 digits; what it says is never sent.
    let account = String(repeating: "w", count: "eip155:".utf8.count + 16 + 1 + 42)
    let identifier = SampleCustomer.identifierMark
    creation = CallTemplate(
      .customerServiceCreateCustomer, SampleCustomer.creation(wallet: account),
      marks: [CustomerNumber.mark, Array(account.utf8)])
    var submit = GatehouseV1.SubmitChallengeRequest()
    submit.customerId = identifier
    submit.signature = [UInt8](repeating: UInt8(ascii: "s"), count: 65)
    submission = CallTemplate(
      .customerServiceSubmitChallenge, submit, marks: [Array(identifier.utf8), submit.signature])
    var report = GatehouseV1.ReportScreeningRequest()
    report.customerId = identifier
    report.outcome = .clear
    report.provider = "bench"
    screening = CallTemplate(.reviewServiceReportScreening, report, marks: [Array(identifier.utf8)])
    var start = GatehouseV1.StartVerificationRequest()
    start.customerId = identifier
    start.provider = "bench"
    session = CallTemplate(.reviewServiceStartVerification, start, marks: [Array(identifier.utf8)])
    var verify = GatehouseV1.ReportVerificationRequest()
    verify.customerId = identifier
    verify.outcome = .approved
    verify.provider = "bench"
    verification = CallTemplate(.reviewServiceReportVerification, verify, marks: [Array(identifier.utf8)])
  }
}
