internal import GatehouseAPI
internal import RPC

/// Calls of several kinds, each as often as its share says, in random order.
struct MixedWorkload: Workload {
  private let customers: CustomerNumber
  private let identifiers: KnownIdentifiers
  private let shares: CallShares
  private var random: SplitMix
  private var next: UInt64
  private let stride: UInt64
  private let creation = CallTemplate(
    .customerServiceCreateCustomer, SampleCustomer.creation, marks: [CustomerNumber.mark])
  private let lookUp = CallTemplate(
    .customerServiceGetCustomer, SampleCustomer.lookUp, marks: [CustomerNumber.mark])
  private let history: CallTemplate
  private let challenge: CallTemplate

  /// - Parameters:
  ///   - identifiers: of the customers that are there, from number 0 on.
  ///   - first: the number of the first customer that is made.
  init(
    _ customers: CustomerNumber, _ identifiers: KnownIdentifiers, shares: CallShares, first: UInt64, stride: UInt64
  ) {
    self.customers = customers
    self.identifiers = identifiers
    self.shares = shares
    random = SplitMix(seed: first)
    next = first
    self.stride = stride
    var history = GatehouseV1.GetHistoryRequest()
    history.customerId = SampleCustomer.identifierMark
    let mark = Array(SampleCustomer.identifierMark.utf8)
    self.history = CallTemplate(.customerServiceGetHistory, history, marks: [mark])
    var challenge = GatehouseV1.GetChallengeRequest()
    challenge.customerId = SampleCustomer.identifierMark
    self.challenge = CallTemplate(.customerServiceGetChallenge, challenge, marks: [mark])
  }

  mutating func appendCall(_: Int, stream: UInt32, to queue: inout ByteQueue) {
    let customer = random.next(below: UInt64(identifiers.count))
    switch shares.kind(random.next(below: shares.total)) {
    case .create:
      customers.withDigits(next) { creation.append(stream, to: &queue, $0) }
      next &+= stride
    case .get: customers.withDigits(customer) { lookUp.append(stream, to: &queue, $0) }
    case .history: identifiers.withIdentifier(Int(customer)) { history.append(stream, to: &queue, $0) }
    case .challenge: identifiers.withIdentifier(Int(customer)) { challenge.append(stream, to: &queue, $0) }
    }
  }

  mutating func take(_: Int, _: UnsafeRawBufferPointer?, begun _: UInt64) -> WorkloadStep { .complete }
}

/// How often each kind of call is made, of all calls.
struct CallShares: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case get, create, history, challenge
  }

  /// Mostly reads, as of a service that others ask whether a customer may use theirs.
  static let usual = CallShares(trusted: [80, 15, 4, 1])

  /// In no unit: only what they are of their sum counts, which is at least 1.
  private let weights: [UInt64]

  /// - Parameter weights: at least one is more than 0.
  init?(_ weights: [Kind: UInt64]) {
    self.weights = Kind.allCases.map { weights[$0] ?? 0 }
    guard total > 0 else { return nil }
  }

  private init(trusted weights: [UInt64]) {
    self.weights = weights
  }

  var total: UInt64 { weights.reduce(0, +) }

  /// The kind that a number below `total` stands for.
  func kind(_ number: UInt64) -> Kind {
    var rest = number
    for (index, weight) in weights.enumerated() {
      if rest < weight { return Kind.allCases[index] }
      rest -= weight
    }
    return .get
  }

  /// As ``ValueForm/shares`` reads it.
  var text: String {
    zip(Kind.allCases, weights).filter { $0.1 > 0 }.map { "\($0.0.rawValue)=\($0.1)" }.joined(separator: ",")
  }
}

extension ValueForm where Value == CallShares {
  /// "get=80,create=20".
  static var shares: ValueForm {
    ValueForm("KIND=N,…") { text throws(ValueProblem) in
      var weights: [CallShares.Kind: UInt64] = [:]
      for word in text.split(separator: ",", omittingEmptySubsequences: false) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let kind = CallShares.Kind(rawValue: String(parts[0])), weights[kind] == nil,
          let weight = decimal(parts[1]), weight <= 1_000_000
        else {
          let kinds = CallShares.Kind.allCases.map(\.rawValue).joined(separator: ", ")
          throw ValueProblem("is not shares such as get=80,create=20 of \(kinds), each once and at most 1000000")
        }
        weights[kind] = weight
      }
      guard let shares = CallShares(weights) else { throw ValueProblem("has no share above 0") }
      return shares
    }
  }
}
