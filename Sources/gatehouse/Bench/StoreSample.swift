internal import ByteText
internal import Lifecycle
internal import Store
internal import Wallet

/// What a store is filled with to be measured: customers as partners make them, made from their numbers, so that each
/// run has the same.
struct StoreSample: Equatable, Sendable {
  var customers: Int
  /// The creation is the first.
  var eventsPerCustomer: Int
  /// Whether each call has an idempotency key.
  var hasKeys: Bool

  /// Calls that are decided in one turn: blocks of the log as they are under load.
  private static let callsInATurn = 4096
  private static let principal = "local"
  /// How the answers are rendered; see `AnsweredCall.form`.
  private static let form: UInt32 = 2

  /// Fills an empty store through its own calls. Each customer's events lie apart from each other in the log, all
  /// creations before all second events and so on, and from the second on in another order than that of the slots: as
  /// spread over memory as they are after months.
  func fill(_ store: CustomerStore) throws(CommandFailure) {
    for event in 0..<eventsPerCustomer {
      for start in stride(from: 0, to: customers, by: Self.callsInATurn) {
        let numbers = start..<min(start + Self.callsInATurn, customers)
        let refused = StoreTurn.run(on: store) { store in
          numbers.first { !add(event: event, number: $0, to: store) }
        }
        if let refused { throw CommandFailure(.failure, "the store refused event \(event) of customer \(refused)") }
      }
    }
  }

  private func add(event: Int, number: Int, to store: isolated CustomerStore) -> Bool {
    if event == 0 {
      guard let customer = Self.customer(number) else { return false }
      let cause = Cause(command: .createCustomer, principal: Self.principal)
      let call = answeredCall(event: event, number: number, on: store)
      guard case .success = store.create(customer, cause: cause, answering: call) else { return false }
      return true
    }
    let slot = Slot(scattered(number))
    guard let command = Self.command(event, store[slot].standing) else { return false }
    let cause = Cause(command: command.name, principal: Self.principal)
    let call = answeredCall(event: event, number: number, on: store)
    guard case .done = store.perform(command, on: slot, by: .platform, cause: cause, answering: call) else {
      return false
    }
    return true
  }

  /// Each number below `customers` once, far from its neighbours'.
  private func scattered(_ number: Int) -> Int {
    // A prime far above the most customers that there may be shares no factor with their number.
    Int((UInt64(number) &* 1_000_000_007) % UInt64(customers))
  }

  /// The command that leads from a customer's events to the next: through all states to ACTIVE, then there and back.
  private static func command(_ event: Int, _ standing: Standing) -> Command? {
    switch standing {
    case .initiating(let proof): .submitChallenge(.genuine(over: proof.nonce), replacement: proof.nonce)
    case .screening: .reportScreening(ScreeningReport(attempt: 0, outcome: .clear))
    case .verifying(let review) where review.session == nil:
      .startVerification(
        attempt: 0,
        Session(
          provider: "identity-provider", reference: "session-\(digits(UInt64(event)))",
          url: "https://identity.example/session/\(digits(UInt64(event)))"))
    case .verifying: .reportVerification(VerificationReport(attempt: 0, outcome: .approved))
    case .active: .deactivate(.operational, reason: "card reported lost")
    case .inactive: .activate([])
    case .rejected: nil
    }
  }

  static func customer(_ number: Int) -> NewCustomer? {
    let words = (scramble(UInt64(number) * 3), scramble(UInt64(number) * 3 + 1), scramble(UInt64(number) * 3 + 2))
    let bytes = withUnsafeBytes(of: words) { Array($0.prefix(20)) }
    guard let address = EthereumAddress(bytes), let account = WalletAccount(chainID: 1, address: address) else {
      return nil
    }
    let labels = [Label(key: "campaign", value: "spring-2026"), Label(key: "segment", value: "retail")]
    return NewCustomer(
      tenant: "default", externalID: "ext-\(digits(UInt64(number)))", account: account,
      labels: Array(labels.prefix(number % 3)))
  }

  private func answeredCall(event: Int, number: Int, on store: isolated CustomerStore) -> AnsweredCall? {
    guard hasKeys else { return nil }
    // As long as a UUID's text, which is what clients send.
    let key = "\(Self.digits(UInt64(event)))-\(Self.digits(UInt64(number)))-key"
    let check = withUnsafeBytes(of: (event, number)) { request in
      store.checkRepeat(key: key, principal: Self.principal, method: "bench", form: Self.form, request: request)
    }
    guard case .fresh(let call) = check else { return nil }
    return call
  }

  /// 16 hexadecimal digits that look like no other number's.
  private static func digits(_ number: UInt64) -> String {
    let digits = String(scramble(number), radix: 16)
    return String(repeating: "0", count: 16 - digits.utf8.count) + digits
  }

  /// SplitMix64's step: one-to-one, and without a visible pattern.
  private static func scramble(_ number: UInt64) -> UInt64 {
    var word = (number &+ 1) &* 0x9e37_79b9_7f4a_7c15
    word = (word ^ word &>> 30) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ word &>> 27) &* 0x94d0_49bb_1331_11eb
    return word ^ word &>> 31
  }
}
