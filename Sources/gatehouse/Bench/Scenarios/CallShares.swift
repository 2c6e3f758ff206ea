/// How often each kind of call is made, of all calls.
struct CallShares: Equatable, Sendable {
  enum Kind: String, CaseIterable, Sendable {
    case get, create, history, challenge, activate, deactivate
  }

  /// Mostly reads, as of a service that others ask whether a customer may use theirs.
  static let usual = CallShares(trusted: [80, 13, 4, 1, 1, 1])

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

  /// Whether some calls change customers who are ACTIVE.
  var changeActive: Bool { zip(Kind.allCases, weights).contains { ($0 == .activate || $0 == .deactivate) && $1 > 0 } }

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
