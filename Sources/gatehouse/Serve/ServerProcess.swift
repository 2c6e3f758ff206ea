internal import EventLoop
internal import Journal
internal import Lifecycle
internal import RPC
internal import Services
internal import Store
internal import System

/// A server, from the opening of its store to its graceful end.
final class ServerProcess {
  private let settings: ServeSettings
  private let signals: SignalQueue
  private let store: CustomerStore
  private let access: AccessControl
  private let dispatcher: ServiceDispatcher
  private let server: Server

  private var logger: Logger { settings.logger }

  /// Serves until a signal asks to stop, then ends the process when everything is closed in good order.
  static func run(_ settings: ServeSettings, _ console: Console) throws(CommandFailure) -> Never {
    let process = try ServerProcess(settings)
    let address = try process.start()
    console.print("gatehouse: listening on \(address)")
    try process.waitForStop()
    try process.stop()
  }

  private init(_ settings: ServeSettings) throws(CommandFailure) {
    self.settings = settings
    SignalQueue.ignoreBrokenPipes()
    // A descriptor for each connection, and for each segment of a backup under way.
    CurrentProcess.raiseDescriptorLimit()
    // Before any thread is started, so that all inherit what is blocked.
    signals = try Self.takeSignals()
    access = try AccessControl.reading(settings)
    store = try Self.open(settings)
    do throws(SystemError) {
      dispatcher = try ServiceDispatcher(store: store, settings: ServiceSettings(settings), access: access)
      server = try Server(try Self.configuration(settings, storeID: store.hub.storeID), handler: dispatcher)
    } catch {
      throw CommandFailure(.failure, "cannot start: \(error)")
    }
  }

  private static func takeSignals() throws(CommandFailure) -> SignalQueue {
    do {
      return try SignalQueue(Signal.allCases)
    } catch {
      throw CommandFailure(.failure, "cannot take signals: \(error)")
    }
  }

  private static func open(_ settings: ServeSettings) throws(CommandFailure) -> CustomerStore {
    let began = MonotonicClock.now()
    var options = JournalOptions()
    options.onSlowFlush = { [logger = settings.logger] in logger.event($0) }
    do throws(JournalError) {
      let (store, report) = try CustomerStore.open(
        directory: settings.dataDirectory, fileSystem: LinuxFileSystem(), journalOptions: options,
        settings: StoreSettings(settings))
      settings.logger.info(
        report.isNew ? "new data directory" : "data directory opened",
        [
          "directory": settings.dataDirectory, "store_id": Hexadecimal.text(store.hub.storeID),
          "revision": "\(report.lastRevision)", "snapshot": "\(report.snapshotRevision)",
          "records": "\(report.records)", "bytes": "\(report.bytes)",
          "milliseconds": "\((MonotonicClock.now() - began) / 1_000_000)",
        ])
      for note in report.notes { settings.logger.warning(note) }
      if report.cutBytes > 0 {
        settings.logger.warning(
          "a torn end of the log was cut; nobody had been told of what it held",
          ["bytes": "\(report.cutBytes)", "kept_in": report.quarantineFile ?? ""])
      }
      // Of an interrupted start nothing is left by now: what ends so is removed when a journal is opened.
      settings.logger.disk(settings.dataDirectory, probe: "\(settings.dataDirectory)/probe.tmp")
      return store
    } catch {
      throw CommandFailure(error)
    }
  }

  private static func configuration(
    _ settings: ServeSettings, storeID: [UInt8]
  ) throws(SystemError) -> ServerConfiguration {
    let addresses = try SocketAddress.resolve(settings.listen.description)
    var configuration = ServerConfiguration(address: addresses[0])
    configuration.loops = settings.loops
    configuration.maxConnections = settings.maxConnections
    configuration.limits.maxFrameBytes = settings.maxFrameBytes
    configuration.limits.maxStreams = settings.maxStreams
    configuration.agent = "gatehouse/\(Subcommand.version)"
    configuration.storeID = storeID
    let logger = settings.logger
    configuration.observer = { logger.event($0) }
    return configuration
  }

  private func start() throws(CommandFailure) -> SocketAddress {
    dispatcher.reportTraffic { [server] in
      let counters = server.counters
      var traffic = Traffic()
      traffic.connections = counters.connections
      traffic.streamsOpened = counters.streams
      traffic.calls = counters.calls
      return traffic
    }
    do {
      try dispatcher.resume()
      let address = try server.start()
      logger.info(
        "taking connections",
        ["address": "\(address)", "version": Subcommand.version, "sandbox": "\(settings.sandbox != nil)"])
      return address
    } catch {
      dispatcher.suspend()
      store.close()
      throw CommandFailure(.failure, "cannot listen on \(settings.listen): \(error)")
    }
  }

  private func waitForStop() throws(CommandFailure) {
    while true {
      switch try nextSignal() {
      case .terminate, .interrupt: return
      case .user1: store.takeSnapshot { _ in }
      case .hangUp: access.readAgain(settings, ending: server)
      }
    }
  }

  private func nextSignal() throws(CommandFailure) -> Signal {
    do {
      let signal = try signals.next()
      logger.info("signal", ["name": "\(signal)"])
      return signal
    } catch {
      throw CommandFailure(.failure, "cannot wait for signals: \(error)")
    }
  }

  /// Answers what was begun, ends the streams, makes everything durable, and ends the process: a second signal that
  /// asks to stop does not wait for that.
  private func stop() throws(CommandFailure) -> Never {
    dispatcher.health.setServing(false)
    let (store, server, settings, dispatcher) = (store, server, settings, dispatcher)
    do throws(SystemError) {
      let drain = try Thread(name: "gh-drain") {
        server.drain(grace: UInt64(settings.drainTime) * 1000)
        dispatcher.suspend()
        store.close()
        settings.logger.info("stopped")
        CurrentProcess.exitAtOnce(ExitCode.success.rawValue)
      }
      drain.detach()
    } catch {
      throw CommandFailure(.failure, "cannot stop gracefully: \(error)")
    }
    try waitForStop()
    logger.warning("asked to stop again: stopping at once")
    CurrentProcess.exitAtOnce(ExitCode.failure.rawValue)
  }
}
