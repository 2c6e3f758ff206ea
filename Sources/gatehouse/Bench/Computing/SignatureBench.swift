internal import Wallet
internal import WalletSigner

/// How many signatures one core checks in a second, as the server does it for SubmitChallenge, and what the parts of
/// that take by themselves.
struct SignatureBench: Sendable {
  /// Signatures of as many wallets are checked in turn, so that no branch is learnt by heart.
  private static let walletCount = 256

  private struct Proof: Sendable {
    var message: [UInt8]
    var signature: [UInt8]
    var address: EthereumAddress
  }

  private let proofs: [Proof]

  /// Makes wallets of their numbers, and has them sign a challenge each: every run has the same.
  init() {
    proofs = (1...Self.walletCount).compactMap { number in
      let key = Keccak256.hash(Array("gatehouse bench \(number)".utf8)).bytes
      guard let wallet = ThrowawayWallet(privateKey: key), let message = Self.challenge(wallet.address, number) else {
        return nil
      }
      return Proof(message: message, signature: wallet.sign(message: message).bytes, address: wallet.address)
    }
  }

  private static func challenge(_ address: EthereumAddress, _ number: Int) -> [UInt8]? {
    let statement = "Prove that this wallet is yours. This costs nothing and moves nothing."
    guard let account = WalletAccount(chainID: 1, address: address),
      let settings = try? SignInSettings(
        domain: "gatehouse.example", uri: "https://gatehouse.example/login", statement: statement)
    else { return nil }
    let nonce = "bench" + Hexadecimal.digits(UInt64(number), 17)
    let identifier = "01890a5d-ac96-774b-bcce-" + Hexadecimal.digits(UInt64(number), 12)
    var message: [UInt8] = []
    Array(nonce.utf8).withUnsafeBytes { nonce in
      Array(identifier.utf8).withUnsafeBytes { identifier in
        settings.appendMessage(
          wallet: account, nonce: nonce, issuedAt: 1_767_225_600_000_000, expirationTime: 1_767_229_200_000_000,
          requestID: identifier, to: &message)
      }
    }
    return message
  }

  /// Whether each proof is found genuine, and no other wallet's: what is measured does what it should.
  var isSound: Bool {
    proofs.count == Self.walletCount
      && proofs.indices.allSatisfy { index in
        let signer = Self.signer(proofs[index])
        return signer == proofs[index].address && signer != proofs[(index + 1) % proofs.count].address
      }
  }

  private static func signer(_ proof: Proof) -> EthereumAddress? {
    let signature = try? RecoverableSignature(proof.signature)
    return signature?.recoverAddress(digest: PersonalMessage.digest(of: proof.message))
  }

  /// Whole checks alone, as the first row of ``run(_:)``.
  func checks(_ timer: StepTimer) -> ScenarioResult {
    timer.measure("signature", "checks", [.init(name: "step", value: "all")]) {
      let proof = proofs[$0 % proofs.count]
      return Self.signer(proof) == proof.address ? 1 : 0
    }
  }

  func run(_ timer: StepTimer) -> [ScenarioResult] {
    let digests = proofs.map { PersonalMessage.digest(of: $0.message) }
    let signatures = proofs.compactMap { try? RecoverableSignature($0.signature) }
    let bytes = proofs.map(\.message.count).reduce(0, +) / max(proofs.count, 1)
    func step(_ name: String, bytes: Int? = nil, _ step: (Int) -> Int) -> ScenarioResult {
      timer.measure("signature", "checks", [.init(name: "step", value: name)], bytes: bytes) { step($0 % proofs.count) }
    }
    return [
      checks(timer),
      step("recover") { signatures[$0].recoverAddress(digest: digests[$0]) == proofs[$0].address ? 1 : 0 },
      step("digest", bytes: bytes) { Int(PersonalMessage.digest(of: proofs[$0].message).bytes[0]) },
      step("parse", bytes: 65) { (try? RecoverableSignature(proofs[$0].signature)) == nil ? 0 : 1 },
    ]
  }
}
