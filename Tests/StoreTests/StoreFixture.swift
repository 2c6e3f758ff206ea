internal import ByteText
internal import Foundation
internal import Journal
internal import Lifecycle
internal import System
internal import Wallet

@testable import Store

/// A store in a directory of its own, opened again as often as a test wants.
final class StoreFixture {
  let directory: String
  private(set) var store: CustomerStore
  private(set) var report: RecoveryReport
  private let settings: StoreSettings

  init(policy: Policy = Policy(), clock: any StoreClock = SystemClock()) throws {
    directory = NSTemporaryDirectory() + "gatehouse-store-" + UUID().uuidString
    var settings = StoreSettings(
      terms: ChallengeTerms(
        settings: try SignInSettings(
          domain: "app.example", uri: "https://app.example", statement: "Prove that you own this wallet."),
        policy: policy))
    settings.clock = clock
    self.settings = settings
    (store, report) = try Self.open(directory, settings)
  }

  deinit {
    store.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Closes the store and opens it again.
  func reopen() throws {
    store.close()
    try openAgain()
  }

  /// Opens the store again that the test has closed.
  func openAgain() throws {
    (store, report) = try Self.open(directory, settings)
  }

  private static func open(_ directory: String, _ settings: StoreSettings) throws -> (CustomerStore, RecoveryReport) {
    let opened = try CustomerStore.open(
      directory: directory, fileSystem: LinuxFileSystem(), journalOptions: JournalOptions(), settings: settings)
    return (opened.store, opened.report)
  }

  /// Runs one turn, and waits until it is durable.
  func turn<Result: Sendable>(_ body: @escaping @Sendable (isolated CustomerStore) -> Result) -> Result {
    StoreVisit.run(store, body)
  }

  /// Creates a customer whose wallet and external id are made from a number.
  func create(_ number: UInt8, call: AnsweredCall? = nil) -> CustomerRecord {
    turn { store in
      let result = store.create(
        .numbered(number), cause: Cause(command: .createCustomer, principal: "test"), answering: call)
      guard case .success(let created) = result, let slot = store.slot(of: created.id, visibleTo: nil) else {
        preconditionFailure("\(result)")
      }
      return store[slot]
    }
  }

  /// Gives a command on a customer.
  @discardableResult
  func perform(
    _ command: Command,
    on id: CustomerID,
    by role: Role = .platform,
    expecting revision: UInt64 = 0,
    call: AnsweredCall? = nil,
    report: Report? = nil
  ) -> (outcome: CommandOutcome, customer: CustomerRecord) {
    turn { store in
      guard let slot = store.slot(of: id, visibleTo: nil) else { preconditionFailure("no customer") }
      let outcome = store.perform(
        command, on: slot, by: role, cause: Cause(command: command.name, principal: "test", privateDetail: "private"),
        expecting: revision, answering: call, report: report)
      return (outcome, store[slot])
    }
  }

  /// Brings a customer to SCREENING.
  func screen(_ customer: CustomerRecord) {
    guard case .initiating(let proof) = customer.standing else { preconditionFailure("not INITIATING") }
    perform(.submitChallenge(.genuine(over: proof.nonce), replacement: proof.nonce), on: customer.id)
  }

  /// Brings a customer to ACTIVE.
  func activate(_ customer: CustomerRecord) {
    screen(customer)
    perform(.reportScreening(ScreeningReport(attempt: 1, outcome: .clear)), on: customer.id)
    perform(.reportVerification(VerificationReport(attempt: 1, outcome: .approved)), on: customer.id)
  }
}

extension NewCustomer {
  static func numbered(_ number: UInt8, chain: UInt64 = 1, externalID: InlineText? = nil) -> NewCustomer {
    let bytes = [UInt8](repeating: 0xAB, count: 19) + [number]
    guard let address = EthereumAddress(bytes), let account = WalletAccount(chainID: chain, address: address) else {
      preconditionFailure("twenty bytes that are not all zero are an address")
    }
    return NewCustomer(
      tenant: "default", externalID: externalID ?? "external-\(number)", account: account,
      labels: [Label(key: "tier", value: "gold")])
  }
}
