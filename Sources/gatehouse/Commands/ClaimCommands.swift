internal import GatehouseAPI
internal import ProtobufWire

/// Taking reviews that are due, as a worker does: for trials, and for people who do a worker's work.
enum ClaimCommands {
  private static let most = Setting("max", .number("N", 1...100), default: "1", "How many reviews at the most.")
  private static let lease = Setting(
    "lease", .duration(100_000...3_600_000_000), default: "1m",
    "How long nobody else is given them, unless they are reported before.")
  private static let wait = Setting(
    "wait", .duration(0...60_000_000), default: "0s", "How long to wait until one is due; beside --timeout.")

  static let screening = claim(.screening, "takes screenings that are due, and prints each with its customer")
  static let verification = claim(
    .verification, "takes customers for whom a session is due, or whose session has lapsed")

  private static func claim(_ kind: GatehouseV1.ReviewKind, _ summary: String) -> Subcommand {
    .client(
      "claim", summary,
      discussion: """
        For the platform role. A review that was claimed is due again when its lease lapses; what reports it ends it. \
        Prints nothing when none is due.
        """,
      flags: [most.flag, lease.flag, wait.flag]
    ) { command throws(CommandFailure) in
      var request = GatehouseV1.ClaimReviewsRequest()
      request.kind = kind
      request.max = UInt32(try command.arguments.required(most))
      request.leaseMs = UInt32(try command.arguments.required(lease) / 1000)
      let waiting = try command.arguments.required(wait)
      request.waitMs = UInt32(waiting / 1000)
      let response: GatehouseV1.ClaimReviewsResponse =
        try command.session.call(.reviewServiceClaimReviews, request, waiting: waiting)
      for review in response.reviews { command.printer.claimed(review) }
    }
  }
}

extension AnswerPrinter {
  /// A review that was claimed: one line.
  func claimed(_ review: GatehouseV1.Review) {
    guard !isJSON else { return console.print(review.json.text) }
    let customer = review.customer ?? GatehouseV1.Customer()
    console.print(
      [
        customer.id, review.task.shortName, "attempt \(review.attempt)", customer.wallet,
        "due \(review.dueAt?.utc ?? "")", "leased until \(review.leaseExpiresAt?.utc ?? "")",
      ].joined(separator: "  "))
  }
}

extension GatehouseV1.Review {
  fileprivate var json: JSON {
    .members([
      "kind": .string(kind.shortName), "task": .string(task.shortName), "customer": customer?.json,
      "attempt": .number(UInt64(attempt)), "due_at": (dueAt?.utc).map(JSON.string),
      "lease": .string(Hexadecimal.text(lease)), "lease_expires_at": (leaseExpiresAt?.utc).map(JSON.string),
      "hit_provider": .string(hitProvider), "session": session?.json,
    ])
  }
}
