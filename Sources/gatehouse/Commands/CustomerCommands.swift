internal import GatehouseAPI
internal import ProtobufWire
internal import System

/// Taking customers in, and looking at them.
enum CustomerCommands {
  static let all: [Subcommand] = [create, challenge, submit, get, list, history]

  private static let wallet = Setting(
    "wallet", .text("CAIP-10"), "The wallet as a CAIP-10 account id: eip155:<chain id>:0x<40 hexadecimal digits>.")
  private static let externalID = Setting(
    "external-id", .text("TEXT"), "Your own name for the customer: 1 to 256 bytes, unique within the tenant.")
  private static let labels = Setting(
    "label", .label, repeats: true, "What to attach to the customer, up to 16 times.")
  private static let renew = Switch("renew", "Issues a new challenge even though the present one has not expired.")
  private static let signature = Setting(
    "signature", .hexadecimal(), "The wallet's personal_sign signature, 64 or 65 bytes.")
  private static let messageFile = Setting(
    "message-file", .text("FILE"),
    "Also sends what was signed (- reads standard input), to tell an old challenge from a wrong key.")
  private static let attentionOnly = Switch("attention", "Only customers that a person has to look at.")
  private static let limit = Setting("limit", .number("N", 1...UInt64.max), "Stops after so many customers.")
  private static let pageSize = Setting(
    "page-size", .number("N", 1...1000), default: "100", "How many customers to ask for at a time.")

  /// The longest message that is read from a file, in bytes: far more than any challenge has.
  static let longestMessage = 1 << 16

  static let create = Subcommand.client(
    "create", "takes a customer in",
    discussion: "Prints the customer, INITIATING, and the challenge that the wallet has to sign.",
    flags: [
      wallet.flag, externalID.flag, labels.flag, ClientFlags.tenant.flag, ClientFlags.idempotencyKey.flag,
    ]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = try command.arguments.required(wallet)
    request.externalId = try command.arguments.required(externalID)
    for label in try command.arguments.values(labels) { request.labels[label.name] = label.value }
    request.tenant = try command.text(ClientFlags.tenant)
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.CreateCustomerResponse =
      try command.session.call(.customerServiceCreateCustomer, request)
    command.printer.created(response)
  }

  static let challenge = Subcommand.client(
    "challenge", "prints what the customer's wallet has to sign",
    discussion: "Into a pipe or a file the message goes byte for byte, so that it can be signed from there.",
    operands: [ClientFlags.customer], flags: [renew.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.GetChallengeRequest()
    request.customerId = command.customerID
    request.renew = try command.arguments.isOn(renew)
    let response: GatehouseV1.GetChallengeResponse = try command.session.call(.customerServiceGetChallenge, request)
    command.printer.challenge(response.challenge ?? GatehouseV1.Challenge())
  }

  static let submit = Subcommand.client(
    "submit", "hands in the wallet's signature of the challenge",
    operands: [ClientFlags.customer],
    flags: [signature.flag, messageFile.flag, ClientFlags.idempotencyKey.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.SubmitChallengeRequest()
    request.customerId = command.customerID
    request.signature = try command.arguments.required(signature)
    if let file = try command.arguments.value(messageFile) {
      request.message = try CommandFailure.reading(file, limit: longestMessage)
    }
    request.idempotencyKey = try command.text(ClientFlags.idempotencyKey)
    let response: GatehouseV1.SubmitChallengeResponse =
      try command.session.call(.customerServiceSubmitChallenge, request)
    command.printer.changed(response.customer ?? GatehouseV1.Customer())
  }

  static let get = Subcommand.client(
    "get", "prints one customer",
    discussion: "Name the customer by ID, or by --external-id, or by --wallet.",
    operands: [Subcommand.Operand(name: "ID", summary: "The customer's id.", isOptional: true)],
    flags: [externalID.flag, wallet.flag, ClientFlags.tenant.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.GetCustomerRequest()
    request.customerId = command.arguments.operands.first ?? ""
    request.externalId = try command.text(externalID)
    request.wallet = try command.text(wallet)
    request.tenant = try command.text(ClientFlags.tenant)
    guard [request.customerId, request.externalId, request.wallet].count(where: { !$0.isEmpty }) == 1 else {
      throw command.arguments.usage("gatehouse get needs exactly one of ID, --external-id and --wallet")
    }
    let response: GatehouseV1.GetCustomerResponse = try command.session.call(.customerServiceGetCustomer, request)
    command.printer.whole(response.customer ?? GatehouseV1.Customer())
  }

  static let list = Subcommand.client(
    "list", "prints all customers, oldest first",
    flags: [ClientFlags.states.flag, attentionOnly.flag, limit.flag, pageSize.flag, ClientFlags.tenant.flag]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.ListCustomersRequest()
    request.states = try command.states(ClientFlags.states)
    request.attentionOnly = try command.arguments.isOn(attentionOnly)
    request.tenant = try command.text(ClientFlags.tenant)
    let pageSize = try command.arguments.required(pageSize)
    var left = try command.arguments.value(limit) ?? UInt64.max
    command.printer.customerTitles()
    repeat {
      request.pageSize = UInt32(truncatingIfNeeded: min(pageSize, left))
      let page: GatehouseV1.ListCustomersResponse = try command.session.call(.customerServiceListCustomers, request)
      for customer in page.customers.prefix(Int(clamping: left)) { command.printer.row(customer) }
      left -= min(left, UInt64(page.customers.count))
      request.pageToken = page.nextPageToken
    } while !request.pageToken.isEmpty && left > 0
  }

  static let history = Subcommand.client(
    "history", "prints every event of one customer, oldest first",
    operands: [ClientFlags.customer]
  ) { command throws(CommandFailure) in
    var request = GatehouseV1.GetHistoryRequest()
    request.customerId = command.customerID
    let response: GatehouseV1.GetHistoryResponse = try command.session.call(.customerServiceGetHistory, request)
    var printer = EventPrinter(console: command.printer.console, isJSON: command.printer.isJSON, namesCustomers: false)
    for event in response.events { printer.event(event) }
  }
}

extension CommandFailure {
  /// A file's bytes, or why there are none.
  static func reading(_ file: String, limit: Int) throws(CommandFailure) -> [UInt8] {
    do {
      return try InputFile.read(file, limit: limit)
    } catch {
      throw CommandFailure(.failure, "cannot read \(file == "-" ? "standard input" : file): \(error)")
    }
  }
}
