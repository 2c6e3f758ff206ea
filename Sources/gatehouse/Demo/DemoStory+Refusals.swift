internal import GatehouseAPI
internal import Wallet
internal import WalletSigner

/// Those who are refused, stopped, or kept waiting.
extension DemoStory {
  mutating func chen() throws(CommandFailure) {
    stage.act("Chen's wallet is found on a list, and Chen comes again")
    let chen = try join(try stage.create("chen", try .random()))
    try stage.prove(chen)
    try stage.screen(chen, .hit, leadsTo: .screening, "a screening hits: one word alone refuses nobody")
    try stage.screen(chen, .hit, leadsTo: .rejected, "a second one confirms it")
    let address = "\(chen.wallet.address)".dropFirst(2)
    try stage.refused("the same wallet under another name", .previouslyRejected) { () throws(CommandFailure) in
      try stage.tryToCreate("chen-2", wallet: stage.account(chen.wallet))
    }
    try stage.refused("on another chain, in lower case", .previouslyRejected) { () throws(CommandFailure) in
      try stage.tryToCreate("chen-3", wallet: "eip155:137:0x\(address.lowercased())")
    }
    try stage.refused("on a third one, in upper case", .previouslyRejected) { () throws(CommandFailure) in
      try stage.tryToCreate("chen-4", wallet: "eip155:8453:0x\(address.uppercased())")
    }
    try stage.refused("the same name with a new wallet", .previouslyRejected) { () throws(CommandFailure) in
      try stage.tryToCreate("chen", wallet: stage.account(try .random()))
    }
  }

  mutating func dora() throws(CommandFailure) {
    stage.act("Dora is on hold, for two reasons")
    let dora = try join(try stage.bringToVerification("dora", try .random()))
    try stage.verify(dora)
    try stage.deactivate(dora, .partner, "card reported lost")
    try stage.deactivate(dora, .risk, "unusual transfers")
    try stage.activate(
      dora, [.partner, .operational], leadsTo: .inactive,
      "what a partner may lift is lifted; the RISK hold stays, and with it Dora")
  }

  mutating func fay() throws(CommandFailure) {
    stage.act("Fay is not who she says she is")
    let fay = try join(try stage.bringToVerification("fay", try .random()))
    try stage.reached(.rejected, try report(fay, .declined), "the identity verification is declined for good")
  }

  mutating func ivo() throws(CommandFailure) {
    stage.act("Ivo was a false alarm")
    let ivo = try join(try stage.create("ivo", try .random()))
    try stage.prove(ivo)
    try stage.screen(ivo, .hit, leadsTo: .screening, "a screening hits")
    try stage.screen(ivo, .clear, leadsTo: .screening, "the next one finds nothing: now a person has to look")
    try stage.reached(.verifying, try decideClear(ivo, "namesake"), "compliance decides: clear")
  }

  /// A person's word on a screening.
  private func decideClear(_ customer: DemoCustomer, _ detail: String) throws(CommandFailure) -> GatehouseV1.Customer? {
    var request = GatehouseV1.ReportScreeningRequest()
    request.customerId = customer.id
    request.outcome = .clear
    request.provider = "compliance"
    request.detail = detail
    request.final = true
    let response: GatehouseV1.ReportScreeningResponse = try stage.session.call(.reviewServiceReportScreening, request)
    return response.customer
  }

  mutating func hana() throws(CommandFailure) {
    stage.act("Hana's screening provider is down, and she is screened again later")
    let hana = try join(try stage.create("hana", try .random()))
    try stage.prove(hana)
    for attempt in ["first", "second"] {
      try stage.screen(
        hana, .inconclusive, detail: "503 Service Unavailable", leadsTo: .screening,
        "the provider fails for the \(attempt) time: she waits, and nobody takes that for clear")
    }
    let pending = try stage.get(hana.id).pending
    try stage.expect(pending?.attempt == 3 && pending?.nextAttemptAt != nil, "the third attempt has a time")
    try stage.screen(hana, .clear, leadsTo: .verifying, "the provider is back, and finds nothing")
    try stage.verify(hana)
    var request = GatehouseV1.RequestScreeningRequest()
    request.customerId = hana.id
    request.reason = "list changed"
    let response: GatehouseV1.RequestScreeningResponse =
      try stage.session.call(.reviewServiceRequestScreening, request)
    try stage.reached(.active, response.customer, "her wallet is to be screened again: she stays ACTIVE meanwhile")
    try stage.screen(hana, .hit, leadsTo: .inactive, "it hits: a RISK hold at once, until that is confirmed or not")
    try stage.screen(hana, .clear, leadsTo: .inactive, "the next one finds nothing: a person has to look")
    try stage.reached(.inactive, try decideClear(hana, "namesake"), "compliance decides: clear, and the hold stays")
    try stage.activate(hana, [.risk], leadsTo: .active, "the platform lifts it")
  }

  mutating func gus() throws(CommandFailure) {
    stage.act("Gus mistypes")
    let wallet = try ThrowawayWallet.random()
    let good = stage.account(wallet)
    // Turning the case of one letter breaks the checksum.
    let letter = good.lastIndex { $0.isLetter && $0.isHexDigit } ?? good.startIndex
    let turned = good[letter].isUppercase ? good[letter].lowercased() : good[letter].uppercased()
    let mistyped = good[..<letter] + turned + good[good.index(after: letter)...]
    try stage.refused("an address whose checksum is wrong", .walletInvalid) { () throws(CommandFailure) in
      try stage.tryToCreate("gus", wallet: String(mistyped))
    }
    try stage.refused("a wallet of another kind of chain", .unsupportedChain) { () throws(CommandFailure) in
      try stage.tryToCreate(
        "gus", wallet: "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:7S3P4HxJpyyigGzodYwHtCxZyUQe9JiBMHyRWXArAaKv")
    }
    _ = try join(try stage.create("gus", wallet))
    try stage.refused("somebody else with his name", .externalIdTaken) { () throws(CommandFailure) in
      try stage.tryToCreate("gus", wallet: stage.account(try .random()))
    }
  }

  /// Emil signs what has expired by now, then the challenge that took its place.
  func finish(_ emil: DemoCustomer, waiting wait: () -> Void) throws(CommandFailure) {
    stage.act("Emil signs at last")
    stage.tell("The server was told to accept challenges for \(TimeSpan.text(DemoServer.challengeTimeToLive)) only.")
    wait()
    try stage.refused("a challenge that has expired", .challengeExpired, of: emil.id) { () throws(CommandFailure) in
      _ = try stage.submit(emil, signature: emil.wallet.sign(message: emil.challenge).bytes)
    }
    let present = try stage.challenge(emil)
    let signature = emil.wallet.sign(message: present.message).bytes
    try stage.reached(.screening, try stage.submit(emil, signature: signature), "the new one, signed at once")
  }
}
