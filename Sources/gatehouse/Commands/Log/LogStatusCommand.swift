internal import GatehouseAPI

/// `log status` and `log snapshot`: how a running server's log is, and a snapshot of it.
enum LogStatusCommand {
  static let status = Subcommand.client(
    "status", "how the log of a running server is",
    discussion: "For the platform role. Answered also while the disk is full or slow."
  ) { command throws(CommandFailure) in
    let status: GatehouseV1.GetStatusResponse =
      try command.session.call(.adminServiceGetStatus, GatehouseV1.GetStatusRequest())
    command.printer.status(status)
  }

  static let snapshot = Subcommand.client(
    "snapshot", "has a running server take a snapshot now",
    discussion: """
      For the platform role. Waits until the snapshot counts, which takes about a second for a million customers; the \
      next start then replays only what comes behind it.
      """
  ) { command throws(CommandFailure) in
    let taken: GatehouseV1.TakeSnapshotResponse =
      try command.session.call(.adminServiceTakeSnapshot, GatehouseV1.TakeSnapshotRequest())
    command.printer.snapshot(taken)
  }
}
