internal import Lifecycle
internal import RPC
internal import Testing

@testable import Services

struct AccessControlTests {
  private func file(_ tokens: (String, String, String, Role)...) throws -> TokensFile {
    let lines = try tokens.map { token, principal, tenant, role in
      try TokenHolder(digest: TokenDigest(of: token), principal: principal, tenant: tenant, role: role).line
    }
    return try TokensFile(Array(lines.joined(separator: "\n").utf8))
  }

  private func caller(_ access: AccessControl, _ authorization: String) throws -> Caller {
    access[try access.authenticate(authorization).get()]
  }

  @Test func withoutTokensEverybodyIsThePlatform() throws {
    let access = AccessControl()
    for authorization in ["", "Bearer x", "x"] {
      let caller = try caller(access, authorization)
      #expect(caller.principal == "local" && caller.tenant == "default" && caller.role == .platform)
      #expect(caller.visibleTenant == nil)
    }
  }

  @Test func aTokenStandsForItsHolder() throws {
    let access = AccessControl(
      try file(("one", "shop", "acme", .partner), ("two", "ops", "*", .platform), ("three", "eyes", "acme", .observer)))
    let shop = try caller(access, "Bearer one")
    #expect(shop.principal == "shop" && shop.tenant == "acme" && shop.role == .partner)
    #expect(shop.visibleTenant == "acme")
    let ops = try caller(access, "Bearer two")
    #expect(ops.principal == "ops" && ops.tenant == nil && ops.role == .platform && ops.visibleTenant == nil)
    #expect(try caller(access, "Bearer three").role == .observer)
  }

  @Test(arguments: [
    "", "one", "Bearer", "Bearer ", "Bearer  one", "Bearer one ", "bearer one", "Basic one", "Bearer On",
    "Bearer on\u{0}",
    "Bearer " + String(repeating: "x", count: 1 << 20),
  ])
  func whateverElseIsGivenIsRefused(authorization: String) throws {
    let access = AccessControl(try file(("one", "shop", "acme", .partner)))
    let status = #expect(throws: Status.self) { try access.authenticate(authorization).get() }
    #expect(status?.code == .unauthenticated && status?.reason == "TOKEN_INVALID")
    #expect(status?.message.contains("one") == (authorization.isEmpty))  // "none was given"
  }

  @Test func anotherFileKeepsWhoIsStillInIt() throws {
    let access = AccessControl(
      try file(("one", "shop", "acme", .partner), ("two", "ops", "*", .platform), ("three", "eyes", "acme", .observer)))
    let ids = try ["one", "two", "three"].map { try access.authenticate("Bearer \($0)").get() }
    let change = try access.replace(
      with: try file(
        ("two", "ops", "*", .platform), ("three", "eyes", "acme", .partner), ("four", "new", "b", .partner)))
    // The third stands for somebody else now: whoever came in as an observer comes in again.
    #expect(change.added == 2)
    #expect(change.revoked == [ids[0], ids[2]])
    #expect(throws: Status.self) { try access.authenticate("Bearer one").get() }
    #expect(try access.authenticate("Bearer two").get() == ids[1])
    #expect(try access.authenticate("Bearer three").get() != ids[2])
    #expect(try caller(access, "Bearer three").role == .partner)
    #expect(try caller(access, "Bearer four").tenant == "b")
    // Calls of the first that are under way still find their caller.
    #expect(access[ids[0]].principal == "shop")
  }

  @Test func theSameFileAgainChangesNothing() throws {
    let first = try file(("one", "shop", "acme", .partner))
    let access = AccessControl(first)
    let id = try access.authenticate("Bearer one").get()
    for _ in 0..<1000 {
      let change = try access.replace(with: first)
      #expect(change.added == 0 && change.revoked.isEmpty)
    }
    #expect(try access.authenticate("Bearer one").get() == id)
  }

  @Test func aFileThatDoesNotFitAnyMoreChangesNothing() throws {
    let access = AccessControl(try file(("last", "p", "t", .partner)))
    var room = CallerTable.capacity - 1
    var round = 0
    while room > 0 {
      let count = min(room, TokensFile.mostTokens - 1)
      round += 1
      let lines = (0..<count).map { "\(TokensFileTests.digest(UInt64(round) << 32 | UInt64($0))) p t partner" }
      let kept = try file(("last", "p", "t", .partner)).holders[0].line
      _ = try access.replace(with: try TokensFile(Array((lines + [kept]).joined(separator: "\n").utf8)))
      room -= count
    }
    #expect(throws: AccessControl.TooManyTokens.self) {
      try access.replace(with: try file(("one more", "p", "t", .partner)))
    }
    #expect(throws: Never.self) { try access.authenticate("Bearer last").get() }
    #expect(throws: Status.self) { try access.authenticate("Bearer one more").get() }
  }

  /// Tokens of one principal share what it may; principals of the same name in two tenants do not.
  @Test func aPrincipalHasOneAllowance() throws {
    var limits = PrincipalLimits()
    limits.callsASecond = 1
    let both = try file(
      ("one", "app", "acme", .partner), ("two", "app", "acme", .observer), ("three", "app", "other", .partner))
    let access = AccessControl(both, limits: limits)
    let (one, two, three) = (
      try caller(access, "Bearer one"), try caller(access, "Bearer two"), try caller(access, "Bearer three")
    )
    #expect(one.allowance === two.allowance && one.allowance !== three.allowance)
    try one.allowance.takeCall(now: 1)
    #expect(throws: Status.self) { try two.allowance.takeCall(now: 1) }
    try three.allowance.takeCall(now: 1)
    // Reading the file again fills no bucket.
    _ = try access.replace(with: try file(("four", "app", "acme", .partner)))
    let four = try caller(access, "Bearer four")
    #expect(throws: Status.self) { try four.allowance.takeCall(now: 1) }
  }

  @Test func keysOfTenantsNeverMeet() {
    let (platform, partner) = (Caller.local(), Caller(principal: "local", tenant: "a", role: .partner))
    #expect(platform.scoped("key") == "key")
    let other = Caller(principal: "local", tenant: "b", role: .partner)
    #expect(Set([platform.scoped("key"), partner.scoped("key"), other.scoped("key")]).count == 3)
    // A key that looks like a scoped one: keys hold no control characters.
    #expect(partner.scoped("key").utf8.contains(0x1f))
  }
}
