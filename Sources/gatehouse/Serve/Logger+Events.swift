internal import EventLoop
internal import Journal
internal import RPC
internal import Store

extension Logger {
  /// What happens to connections: everyday life is for debugging, what peers do wrong is worth a line.
  func event(_ event: ServerEvent) {
    switch event {
    case .opened(let connection, let agent):
      debug("connection opened", ["connection": "\(connection.rawValue)", "agent": agent])
    case .closed(let connection, let reason):
      switch reason {
      case .peerClosed, .draining, .stopped, .idle, .broken:
        debug("connection closed", ["connection": "\(connection.rawValue)", "why": "\(reason)"])
      case .violation, .refused, .helloTimeout, .frameTimeout:
        info("connection refused", ["connection": "\(connection.rawValue)", "why": "\(reason)"])
      }
    case .turnedAway(let limit):
      warning("connection turned away: as many are open as are allowed", ["limit": "\(limit)"])
    case .acceptPaused(let error):
      warning("no connections are taken for a while", ["error": "\(error)"])
    case .failed(let failure):
      error("a system call failed", ["error": "\(failure)"])
    }
  }
}

extension Logger {
  /// What was done for the data directory, and what was found in it.
  func event(_ event: KeepingEvent) {
    switch event {
    case .snapshotTaken(let snapshot, let nanoseconds):
      info(
        "snapshot taken",
        [
          "file": snapshot.file, "revision": "\(snapshot.revision)", "bytes": "\(snapshot.bytes)",
          "milliseconds": "\(nanoseconds / 1_000_000)",
        ])
    case .snapshotFailed(let failure): warning("no snapshot could be taken", ["error": "\(failure)"])
    case .archived(let segment):
      info("segment handed over", ["file": segment.path, "last_revision": "\(segment.lastRevision)"])
    case .letGo(let revision, let segments):
      info("old segments let go", ["segments": "\(segments)", "through_revision": "\(revision)"])
    case .retentionFailed(let failure):
      warning("old segments could not be handed over or let go", ["error": "\(failure)"])
    case .scrubFound(let failure): error("damage on the disk", ["error": "\(failure)"])
    }
  }
}
