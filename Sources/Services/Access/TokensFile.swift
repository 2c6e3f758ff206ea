public import Lifecycle

/// Who a token stands for: one line of a tokens file.
public struct TokenHolder: Hashable, Sendable {
  /// Stands for every tenant, and is the platform's.
  public static let everyTenant = "*"
  /// Bytes of a principal's or a tenant's name at the most.
  static let longestName = 64

  public let digest: TokenDigest
  /// Named as the cause of the events that the holder makes.
  public let principal: String
  /// ``everyTenant`` for the platform.
  public let tenant: String
  public let role: Role

  /// - Throws: what is wrong with a name, for a person.
  public init(digest: TokenDigest, principal: String, tenant: String, role: Role) throws(TokenHolderError) {
    guard Self.isName(principal) else { throw TokenHolderError("the principal's name has to be \(Self.nameRule)") }
    if role == .platform {
      guard tenant == Self.everyTenant else {
        throw TokenHolderError("the platform acts for all tenants: its tenant is \(Self.everyTenant)")
      }
    } else {
      guard tenant != Self.everyTenant else {
        throw TokenHolderError("only the platform acts for all tenants: name the tenant of the \(role.name)")
      }
      guard Self.isName(tenant) else { throw TokenHolderError("the tenant's name has to be \(Self.nameRule)") }
    }
    self.digest = digest
    self.principal = principal
    self.tenant = tenant
    self.role = role
  }

  private static let nameRule = "1 to \(longestName) printable ASCII characters without spaces, and no \"#\""

  private static func isName(_ text: String) -> Bool {
    (1...longestName).contains(text.utf8.count)
      && text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "#") }
  }

  /// The line for the file.
  public var line: String { "\(digest) \(principal) \(tenant) \(role.name)" }
}

/// Why nobody can hold a token so.
public struct TokenHolderError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) {
    self.description = description
  }
}

/// A tokens file: on each line the digest of a token, then its principal, its tenant and its role, with spaces or tabs
/// between them. Empty lines mean nothing, nor does what follows a "#".
///
/// Read strictly: with a line that is not understood the whole file is not used. Who would be let in by the rest of it
/// is not what somebody meant.
public struct TokensFile: Equatable, Sendable {
  /// Bytes of a file at the most: twice what the ``mostTokens`` need with the longest names.
  public static let longestFile = 4 << 20
  /// Each connection is compared with every token.
  public static let mostTokens = 10_000

  /// In the order of the lines; each digest once.
  public let holders: [TokenHolder]

  /// Reads a file.
  ///
  /// - Throws: the line that is not understood, and why.
  public init(_ bytes: [UInt8]) throws(TokensFileError) {
    var holders: [TokenHolder] = []
    var lines: [TokenDigest: Int] = [:]
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      let words = line.prefix { $0 != UInt8(ascii: "#") }.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      if words.isEmpty { continue }
      let holder = try Self.holder(words, line: number)
      if let before = lines.updateValue(number, forKey: holder.digest) {
        throw TokensFileError(line: number, problem: "the token of line \(before) again")
      }
      holders.append(holder)
      guard holders.count <= Self.mostTokens else {
        throw TokensFileError(line: number, problem: "more than \(Self.mostTokens) tokens")
      }
    }
    self.holders = holders
  }

  private static func holder(_ words: [ArraySlice<UInt8>], line: Int) throws(TokensFileError) -> TokenHolder {
    guard words.allSatisfy({ $0.allSatisfy { (0x21...0x7e).contains($0) } }) else {
      throw TokensFileError(line: line, problem: "holds a character that is not printable ASCII")
    }
    let texts = words.map { String(decoding: $0, as: UTF8.self) }
    guard texts.count == 4 else {
      throw TokensFileError(
        line: line, problem: "has \(texts.count) words instead of four: digest, principal, tenant, role")
    }
    // No word is shown in a message, which goes to the log: it may be a token that was put here by mistake.
    guard let digest = TokenDigest(texts[0][...]) else {
      throw TokensFileError(
        line: line, problem: "does not begin with a digest: sha256: and 64 lower-case hexadecimal digits")
    }
    guard let role = Role(name: texts[3]) else {
      let roles = Role.allCases.map(\.name).joined(separator: ", ")
      throw TokensFileError(line: line, problem: "the last word is not a role: \(roles)")
    }
    do throws(TokenHolderError) {
      return try TokenHolder(digest: digest, principal: texts[1], tenant: texts[2], role: role)
    } catch {
      throw TokensFileError(line: line, problem: error.description)
    }
  }
}

/// Where a tokens file is not understood.
public struct TokensFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The first is 1.
  public let line: Int
  public let problem: String

  public var description: String { "line \(line): \(problem)" }
}
