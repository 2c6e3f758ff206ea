internal import GatehouseAPI
internal import Lifecycle
public import RPC
internal import Synchronization

/// Who may call: which tokens are known, and whom each stands for.
///
/// A connection's token is looked up once, with its Hello; from then on its calls carry the caller's number. Whoever
/// changes the tokens ends the connections of the callers that ``replace(with:)`` names.
public final class AccessControl: Sendable {
  private struct State {
    /// The tokens that let somebody in, for those who come.
    var known: [(digest: TokenDigest, id: CallerID)] = []
    /// The same, for the next reading of the file.
    var holders: [TokenHolder: CallerID] = [:]
    /// What each principal has used. Bounded by the tokens.
    var allowances: [Principal: Allowance] = [:]
  }

  /// Principals of two tenants may have the same name.
  private struct Principal: Hashable {
    var name: String
    var tenant: String
  }

  /// What another tokens file has changed.
  public struct Change: Sendable {
    public let added: Int
    /// The callers whose tokens are no longer known, or stand for somebody else.
    public let revoked: Set<CallerID>
  }

  private let limits: PrincipalLimits
  private let callers = CallerTable()
  /// Where no tokens are asked for: who everybody is.
  private let everybody: CallerID?
  private let state = Mutex(State())

  /// Asks for no tokens: every caller is the platform, and its name is `local`.
  public init(limits: PrincipalLimits = PrincipalLimits()) {
    self.limits = limits
    everybody = callers.append(.local(Allowance(limits)))
  }

  /// Lets in who has one of these tokens.
  public init(_ file: TokensFile, limits: PrincipalLimits = PrincipalLimits()) {
    self.limits = limits
    everybody = nil
    do throws(TooManyTokens) {
      try replace(with: file)
    } catch {
      preconditionFailure("there is room for more tokens than a file holds")
    }
  }

  /// The caller of a number that ``authenticate(_:)`` has given.
  @inline(__always)
  subscript(id: CallerID) -> Caller { callers[id] }

  /// Whether the caller may call the method, and nothing need be counted.
  @inline(__always)
  func admits(_ id: CallerID, to method: RPCMethod) -> Bool { callers.admits(id, to: method) }

  // MARK: - Connections

  private static let scheme = "Bearer "

  /// Says who the client of a new connection is.
  ///
  /// - Parameter authorization: "Bearer " and a token, or empty.
  func authenticate(_ authorization: String) -> Result<CallerID, Status> {
    if let everybody { return .success(everybody) }
    if authorization.isEmpty { return .failure(.tokenMissing) }
    guard authorization.hasPrefix(Self.scheme) else { return .failure(.tokenUnknown) }
    let token = authorization.utf8.dropFirst(Self.scheme.utf8.count)
    guard token.count <= TokenDigest.longestToken else { return .failure(.tokenUnknown) }
    let digest = TokenDigest(of: String(decoding: token, as: UTF8.self))
    guard let id = state.withLock({ Self.find(digest, in: $0) }) else { return .failure(.tokenUnknown) }
    return .success(id)
  }

  /// Compares with every token, each time whole: how long it takes tells nothing of how near a guess was.
  private static func find(_ digest: TokenDigest, in state: borrowing State) -> CallerID? {
    var found = UInt64(UInt32.max) + 1
    for (known, id) in state.known {
      let difference = known.difference(from: digest)
      // All ones where the digests are equal, all zeros where they are not.
      let isEqual = ((difference | (0 &- difference)) &>> 63) &- 1
      found = (found & ~isEqual) | (UInt64(id.rawValue) & isEqual)
    }
    return UInt32(exactly: found).map { CallerID(rawValue: $0) }
  }

  // MARK: - Another file

  /// Lets in who has one of these tokens, and nobody else. A token that stands for the same as before keeps its
  /// caller's number.
  ///
  /// - Throws: when the process has come to know more tokens than it can tell apart; nothing has changed then.
  @discardableResult
  public func replace(with file: TokensFile) throws(TooManyTokens) -> Change {
    let result = state.withLock { state -> Result<Change, TooManyTokens> in
      let added = file.holders.count { state.holders[$0] == nil }
      guard added <= callers.room else { return .failure(TooManyTokens()) }
      var next = State()
      for holder in file.holders {
        let principal = Principal(name: holder.principal, tenant: holder.tenant)
        let allowance = next.allowances[principal] ?? state.allowances[principal] ?? Allowance(limits)
        next.allowances[principal] = allowance
        let id = state.holders[holder] ?? callers.append(Caller(holder, allowance))
        next.known.append((holder.digest, id))
        next.holders[holder] = id
      }
      let revoked = Set(state.holders.values).subtracting(next.holders.values)
      state = next
      return .success(Change(added: added, revoked: revoked))
    }
    return try result.get()
  }

  /// More tokens were read, one file after the other, than a process can tell apart.
  public struct TooManyTokens: Error, Sendable, CustomStringConvertible {
    public var description: String {
      "more than \(CallerTable.capacity) tokens were read since the start; start the server again to read more"
    }
  }
}

extension Caller {
  fileprivate convenience init(_ holder: TokenHolder, _ allowance: Allowance) {
    self.init(
      principal: holder.principal, tenant: holder.role == .platform ? nil : holder.tenant, role: holder.role,
      allowance: allowance)
  }
}
