internal import Journal
internal import Services
internal import Store

/// What the command line says, in the words of the modules.
extension StoreSettings {
  init(_ settings: ServeSettings) {
    self.init(terms: ChallengeTerms(settings: settings.signIn, policy: settings.policy))
    idempotencyWindow = settings.idempotencyWindow
    keeping = settings.keeping
    let logger = settings.logger
    observer = { logger.event($0) }
  }
}

extension ServiceSettings {
  init(_ settings: ServeSettings) {
    self.init(
      sandbox: settings.sandbox.map {
        SandboxSettings(screensAutomatically: $0.screensAutomatically, verifiesAutomatically: $0.verifiesAutomatically)
      }, workers: settings.workers)
    version = Subcommand.version
  }
}

extension CommandFailure {
  /// Why a data directory was not opened.
  init(_ error: JournalError) {
    switch error.kind {
    case .inUse:
      self.init(.dataDirectoryInUse, "the data directory is in use: \(error)")
    case .damaged, .unsupported, .refusedRecord:
      self.init(
        .journalDamaged, "the journal cannot be read: \(error)", details: ["Nothing on the disk has been changed."])
    case .disk, .noSpace:
      self.init(.diskFailure, "the data directory cannot be used: \(error)")
    }
  }
}
