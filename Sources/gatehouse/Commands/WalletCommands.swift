internal import GatehouseAPI
internal import System
internal import Wallet
internal import WalletSigner

/// Wallets to try the server with.
enum WalletCommands {
  static let group = Subcommand(
    name: "wallet", summary: "throw-away wallets, for trials only",
    discussion: "Keys stand on command lines and lie in memory unprotected. Never use one that owns anything.",
    children: [new, address, sign])

  private static let key = Setting(
    "key", .privateKey, "The wallet's private key: 32 bytes in hexadecimal, as \"wallet new\" prints it.")
  private static let chain = Setting(
    "chain", .number("ID", 1...UInt64.max), default: "1", "The chain id in the CAIP-10 account id.")
  private static let messageFile = Setting(
    "message-file", .text("FILE"), "What to sign, byte for byte; - reads standard input.")
  private static let customer = Setting(
    "customer", .text("ID"), "Signs the present challenge of this customer, fetched from the server.")
  private static let form = Setting(
    "form", .choice(["65", "2098"]), default: "65",
    "65 bytes r, s, v (v is 27 or 28), or the 64 bytes of EIP-2098.")

  static let new = Subcommand(
    name: "new", summary: "makes a wallet from the system's random source and prints its key",
    flags: [chain.flag, ClientFlags.json.flag]
  ) { arguments, console throws(CommandFailure) in
    let wallet = try ThrowawayWallet.random()
    console.complain("This is a throw-away wallet: its key has just been on your screen. Never send anything to it.")
    try show(wallet, arguments, console)
  }

  static let address = Subcommand(
    name: "address", summary: "prints the address of a private key",
    flags: [key.flag, chain.flag, ClientFlags.json.flag]
  ) { arguments, console throws(CommandFailure) in
    try show(try arguments.required(key), arguments, console)
  }

  static let sign = Subcommand(
    name: "sign", summary: "signs a message as a wallet's personal_sign does (EIP-191)",
    discussion: "Prints the signature in hexadecimal, as \"submit --signature\" takes it.",
    flags: [key.flag, messageFile.flag, customer.flag, form.flag] + ClientFlags.connection
  ) { arguments, console throws(CommandFailure) in
    let wallet = try arguments.required(key)
    let message = try message(arguments)
    let signature = wallet.sign(message: message)
    let bytes = try arguments.required(form) == "2098" ? signature.compactBytes : signature.bytes
    let text = "0x" + Hexadecimal.text(bytes)
    let json = JSON.members(["address": .string("\(wallet.address)"), "signature": .string(text)])
    console.print(try arguments.isOn(ClientFlags.json) ? json.text : text)
  }

  private static func message(_ arguments: Arguments) throws(CommandFailure) -> [UInt8] {
    switch (try arguments.value(messageFile), try arguments.value(customer)) {
    case (let file?, nil):
      return try CommandFailure.reading(file, limit: CustomerCommands.longestMessage)
    case (nil, let customer?):
      var request = GatehouseV1.GetChallengeRequest()
      request.customerId = customer
      let response: GatehouseV1.GetChallengeResponse =
        try ServerSession(arguments).call(.customerServiceGetChallenge, request)
      return response.challenge?.message ?? []
    case (nil, nil), (.some, .some):
      throw arguments.usage("gatehouse wallet sign needs either --message-file or --customer")
    }
  }

  private static func show(
    _ wallet: ThrowawayWallet, _ arguments: Arguments, _ console: Console
  ) throws(CommandFailure) {
    let key = "0x" + Hexadecimal.text(wallet.privateKeyBytes)
    let account = "eip155:\(try arguments.required(chain)):\(wallet.address)"
    if try arguments.isOn(ClientFlags.json) {
      let pairs: JSON = .members([
        "key": .string(key), "address": .string("\(wallet.address)"), "wallet": .string(account),
      ])
      console.print(pairs.text)
    } else {
      for (name, value) in [("key", key), ("address", "\(wallet.address)"), ("wallet", account)] {
        console.print(
          TextTable.line(
            [TextTable.Cell(name, .dim), TextTable.Cell(value)], [7, 0], [.left, .left], console.palette))
      }
    }
  }
}

extension ValueForm where Value == ThrowawayWallet {
  static var privateKey: ValueForm {
    ValueForm("0xHEX") { text throws(ValueProblem) in
      guard let bytes = Hexadecimal.bytes(text), let wallet = ThrowawayWallet(privateKey: bytes) else {
        throw ValueProblem("is not a private key: 32 bytes in hexadecimal, from 1 to the order of secp256k1 less one")
      }
      return wallet
    }
  }
}

extension ThrowawayWallet {
  /// A wallet with a key from the system's random source.
  static func random() throws(CommandFailure) -> ThrowawayWallet {
    while true {
      var key = [UInt8](repeating: 0, count: 32)
      key.withUnsafeMutableBytes { SystemRandom.fill($0) }
      // All but 2^-128 of the numbers are keys.
      if let wallet = ThrowawayWallet(privateKey: key) { return wallet }
    }
  }
}
