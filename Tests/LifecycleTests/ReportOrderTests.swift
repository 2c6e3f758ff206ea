internal import Testing

@testable import Lifecycle

/// Third parties' reports, permuted, repeated, late, and mixed with those of other attempts, sessions and screenings:
/// the customer always ends where the reports in their right order lead.
@Suite struct ReportOrderTests {
  private static let lives: UInt64 = 400

  /// Where reports begin to come in, and the screenings that are the customer's own there.
  private struct Beginning {
    var standing: Standing
    var screenings: ClosedRange<UInt32>
  }

  private static let beginnings: [Beginning] = [
    Beginning(standing: .screening(Review(since: start)), screenings: 1...policy.screeningAttempts),
    Beginning(
      standing: .active(
        Monitoring(clearedAt: start, screenings: 3, review: Review(since: start, attempt: 4, screenings: 3))),
      screenings: 4...(policy.screeningAttempts + 3)),
    Beginning(
      standing: .inactive(
        Standing.held(.partner).holds,
        Monitoring(clearedAt: start, screenings: 3, review: Review(since: start, attempt: 4, screenings: 3))),
      screenings: 4...(policy.screeningAttempts + 3)),
    Beginning(
      standing: .verifying(
        Review(since: start, session: Session(provider: "kyc", reference: "s-1", url: ""), screenings: 3)),
      screenings: 1...3),
  ]

  /// A report for each attempt, as a third party would give them, in order. Each provider's hit is another one.
  private func own(_ beginning: Beginning, using generator: inout SplitMix) -> [Command] {
    let screenings = beginning.screenings.map {
      screened(generator.pick([.clear, .hit, .inconclusive, .inconclusive]), attempt: $0, provider: "p-\($0)")
    }
    let verifications = (1...policy.verificationAttempts).map {
      verified(generator.pick([.approved, .declined, .retry, .retry]), attempt: $0, reason: "\($0)")
    }
    return screenings + verifications
  }

  /// What is about nothing that this customer ever waits for.
  private func foreign(_ beginning: Beginning, using generator: inout SplitMix) -> [Command] {
    let others = (0..<6).map { _ in
      screened(
        generator.pick(ScreeningReport.Outcome.allCases),
        attempt: beginning.screenings.upperBound + generator.pick([1, 7]))
    }
    guard case .verifying = beginning.standing else { return others }
    return others + VerificationReport.Outcome.allCases.map { verified($0, attempt: 1, reference: "s-9") }
  }

  private func through(_ standing: Standing, _ reports: [Command]) -> Standing {
    reports.reduce(standing) { decided($0, $1).standing ?? $0 }
  }

  @Test(arguments: beginnings.indices) func anyOrderAnyNumberOfTimesLeadsToTheSamePlace(index: Int) throws {
    let beginning = Self.beginnings[index]
    var ends = Set<State>()
    for seed in 0..<Self.lives {
      var generator = SplitMix(state: seed)
      let reports = own(beginning, using: &generator)
      let expected = through(beginning.standing, reports)
      let mixed = reports + reports + foreign(beginning, using: &generator)
      var standing = beginning.standing
      var moved = true
      var rounds = 0
      while moved {
        (moved, rounds) = (false, rounds + 1)
        try #require(rounds <= reports.count + 1, "seed \(seed)")
        for report in mixed.shuffled(using: &generator) {
          guard case .change(let next, _) = decided(standing, report) else { continue }
          standing = next
          moved = true
        }
      }
      #expect(standing == expected, "seed \(seed)")
      ends.insert(standing.state)
    }
    #expect(ends.count >= 2, "it comes by more than one end: \(ends)")
  }

  /// What changes nothing is never refused either: it is granted and kept in the log.
  @Test(arguments: beginnings.indices) func foreignOnesAreKeptAndChangeNothing(index: Int) {
    let beginning = Self.beginnings[index]
    for seed in 0..<Self.lives {
      var generator = SplitMix(state: seed)
      for report in foreign(beginning, using: &generator) {
        #expect(decided(beginning.standing, report) == .noted, "\(report)")
      }
    }
  }
}
