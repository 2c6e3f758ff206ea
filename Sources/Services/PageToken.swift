internal import GatehouseAPI
internal import Lifecycle
internal import RPC
internal import Store

/// Where a list goes on: the slot to look at next, and a check value over it and the list's filter. Opaque to clients:
/// one that was made up, or for another list, is refused.
struct PageToken: Equatable {
  private static let version = "p1"

  /// What the list selects; a token belongs to one selection.
  struct Selection: Equatable {
    var tenant: String?
    var states: States
    var attentionOnly: Bool
  }

  let slot: Int
  let selection: Selection

  /// "p1", the slot and the check value, between full stops.
  var text: String { "\(Self.version).\(String(slot, radix: 36)).\(String(check, radix: 36))" }

  init(slot: Int, of selection: Selection) {
    self.slot = slot
    self.selection = selection
  }

  /// Reads a token of this selection.
  init(_ text: String, of selection: Selection) throws(Status) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let slot = Slot(parts[1], radix: 36) else { throw Self.invalid }
    self.init(slot: Int(slot), of: selection)
    // The whole text: one spelling for each token.
    guard text == self.text else { throw Self.invalid }
  }

  /// FNV-1a over all that the token stands for: it guards against mistakes, for a token gives nobody anything that the
  /// list itself would not.
  private var check: UInt32 {
    var hash: UInt32 = 2_166_136_261
    func add(_ byte: UInt8) { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    for byte in (selection.tenant ?? "*").utf8 { add(byte) }
    add(0)
    withUnsafeBytes(of: selection.states.bits.littleEndian) { for byte in $0 { add(byte) } }
    add(selection.attentionOnly ? 1 : 0)
    withUnsafeBytes(of: UInt32(slot).littleEndian) { for byte in $0 { add(byte) } }
    return hash
  }

  private static let invalid = Status(
    .invalidArgument, .pageTokenInvalid,
    "page_token: not a token of this server for this list; pass next_page_token as it came, with the same filter",
    fieldViolations: [("page_token", "not a token of this server for this list")])
}
