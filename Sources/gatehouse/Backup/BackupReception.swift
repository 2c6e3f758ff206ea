internal import GatehouseAPI
internal import ProtobufWire
internal import RPC
internal import System

/// Receives a backup: checks each piece, hands it on, and asks again for what is missing when the connection is lost.
struct BackupReception {
  /// How often the connection may be lost without a byte in between.
  private static let attempts = 5
  /// How long to wait before it is made again, in microseconds; twice as long each time.
  private static let firstPause: Int64 = 250_000

  private let destination: any BackupDestination
  private let connect: () throws(CommandFailure) -> ServerSession
  private let note: (@Sendable (String) -> Void)?
  private var progress: ProgressLine
  private(set) var plan: GatehouseV1.BackupPlan?
  /// The next byte that is missing.
  private var file = 0
  private var offset = 0
  private(set) var receivedBytes = 0
  private var isComplete = false

  /// - Parameters:
  ///   - connect: makes a connection; called again when one is lost.
  ///   - note: writes to a terminal on standard error; nil when nobody looks.
  init(
    into destination: any BackupDestination, _ note: (@Sendable (String) -> Void)?,
    connect: @escaping () throws(CommandFailure) -> ServerSession
  ) {
    self.destination = destination
    self.connect = connect
    self.note = note
    progress = ProgressLine("copying", of: 0, done: 0, nil)
    if let unfinished = destination.unfinished {
      plan = unfinished.plan
      file = Int(unfinished.file)
    }
  }

  /// Bytes of the whole backup.
  var totalBytes: Int { plan?.files.reduce(0) { $0 + Int($1.bytes) } ?? 0 }

  /// Bytes of it that are there.
  private var doneBytes: Int { (plan?.files[..<file].reduce(0) { $0 + Int($1.bytes) } ?? 0) + offset }

  /// Returns when all of it is there.
  mutating func run() throws(CommandFailure) {
    defer { progress.end() }
    var lost = 0
    while !isComplete {
      let before = receivedBytes
      do throws(CommandFailure) {
        try receive()
      } catch {
        if receivedBytes > before { lost = 0 }
        lost += 1
        // The first time nothing is there to be gone on with: whoever asks is told at once.
        guard plan != nil, error.refusal?.code == .unavailable, lost < Self.attempts else { throw error }
        MonotonicClock.wait(microseconds: Self.firstPause << Int64(lost - 1))
      }
    }
    try destination.finish()
  }

  private mutating func receive() throws(CommandFailure) {
    var request = GatehouseV1.BackupRequest()
    request.plan = plan
    request.file = UInt32(file)
    request.offset = UInt64(offset)
    let stream: SessionStream<GatehouseV1.BackupResponse> = try connect().stream(.adminServiceBackup, request)
    while let message = try stream.next() {
      switch message.kind {
      case .plan(let plan): try take(plan)
      case .data(let data): try take(data)
      case .complete:
        guard let plan, file == plan.files.count else { throw Self.odd("it ends before its last file does") }
        isComplete = true
      case nil: throw Self.odd("a message says nothing")
      }
    }
  }

  private mutating func take(_ sent: GatehouseV1.BackupPlan) throws(CommandFailure) {
    if let plan {
      guard sent == plan else { throw Self.odd("it is of another plan than was asked for") }
    } else {
      guard sent.files.allSatisfy({ Self.isPlain($0.name) && $0.bytes < 1 << 56 }),
        Set(sent.files.map(\.name)).count == sent.files.count
      else { throw Self.odd("its plan names files that no data directory has") }
      plan = sent
      try destination.begin(sent)
    }
    progress = ProgressLine("copying", of: totalBytes, done: doneBytes, note)
  }

  /// Whether a name can only be that of a file in the directory itself.
  private static func isPlain(_ name: String) -> Bool {
    let isSafe = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
        true
      default: false
      }
    }
    return isSafe && !name.isEmpty && name.utf8.count <= 100 && !name.hasPrefix(".") && !name.hasSuffix(".partial")
  }

  private mutating func take(_ piece: GatehouseV1.BackupData) throws(CommandFailure) {
    guard let plan, Int(piece.file) == file, Int(clamping: piece.offset) == offset, file < plan.files.count,
      !piece.data.isEmpty, piece.data.count <= Int(plan.files[file].bytes) - offset
    else { throw Self.odd("a piece is not the one that was next") }
    guard piece.data.withUnsafeBytes({ CRC32C.checksum($0) }) == piece.checksum else {
      throw Self.odd("a piece of \(plan.files[file].name) at offset \(offset) came damaged")
    }
    try destination.write(piece.data, of: file, at: offset)
    offset += piece.data.count
    receivedBytes += piece.data.count
    if offset == Int(plan.files[file].bytes) {
      try destination.complete(file)
      file += 1
      offset = 0
    }
    progress.show(doneBytes)
  }

  private static func odd(_ what: String) -> CommandFailure {
    CommandFailure(.failure, "what the server sends is no backup: \(what)")
  }
}
