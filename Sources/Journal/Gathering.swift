/// What waits to be written, and who does what next. A value under the journal's lock; it calls nobody.
struct Gathering {
  /// What the one who asked is to do now.
  enum Duty {
    /// Write what was gathered, then report to ``didWrite(_:now:)``.
    case write(BlockBuffer)
    /// Put the watermark on the disk, then report to ``didSynchronizeWatermark()``.
    case synchronizeWatermark
    /// The time to wake up at has changed: wait again.
    case rearm
    case stop
  }

  /// How long the watermark may stay in the kernel's memory alone, in nanoseconds.
  static let watermarkDelay: UInt64 = 1_000_000_000

  private var buffer = BlockBuffer()
  /// The other one of the two: nil while it is being written.
  private var spare: BlockBuffer? = BlockBuffer()
  /// How many turns were appended.
  private var appended: UInt64 = 0
  /// The last revision that was appended.
  private(set) var lastRevision: UInt64
  /// Whether somebody is using the writer. Whoever sets it is the only one until it is cleared.
  private var isWriting = false
  /// When the watermark is to be on the disk, on the monotonic clock; nil when it is.
  private var watermarkDue: UInt64?
  private(set) var hasFailed = false
  private var isStopping = false
  /// Whether the flush thread sleeps, so that it is woken only then.
  private var isThreadAsleep = false
  /// Whether it does so without an alarm.
  private var sleepsUntilWoken = false

  init(lastRevision: UInt64) {
    self.lastRevision = lastRevision
  }

  /// Takes what one turn appended.
  mutating func append(_ records: UnsafeRawBufferPointer, _ run: RecordRun) -> Position {
    appended += 1
    lastRevision = max(lastRevision, run.lastRevision)
    let position = Position(rawValue: appended)
    // After a failure nothing is written any more.
    if !hasFailed { buffer.append(records, count: run.count, lastRevision: lastRevision, position: position) }
    return position
  }

  var lastPosition: Position { Position(rawValue: appended) }

  /// Whether the flush thread sleeps though there is work for it: then it is to be woken.
  var isToBeWoken: Bool {
    isThreadAsleep && !isWriting && (isStopping || hasFailed || !buffer.isEmpty)
  }

  /// What was gathered, to be written by whoever asks; nil when there is nothing, or somebody writes already.
  mutating func takeBlock() -> BlockBuffer? {
    guard !isWriting, !hasFailed, !buffer.isEmpty, let empty = spare else { return nil }
    isWriting = true
    spare = nil
    defer { buffer = empty }
    return buffer
  }

  /// When the flush thread is to wake by itself. Never while somebody else writes, which may take long: all that time
  /// there is nothing to do, even if the watermark is due.
  var alarm: UInt64? { isWriting ? nil : watermarkDue }

  /// What the flush thread is to do; nil when it is to sleep, until `armed` if that is set.
  mutating func nextDuty(now: UInt64, armed: UInt64?) -> Duty? {
    isThreadAsleep = false
    if hasFailed { return .stop }
    if !isWriting {
      if let due = watermarkDue, due <= now {
        isWriting = true
        return .synchronizeWatermark
      }
      if let block = takeBlock() { return .write(block) }
      if isStopping { return .stop }
    }
    if alarm != armed { return .rearm }
    isThreadAsleep = true
    sleepsUntilWoken = armed == nil
    return nil
  }

  /// - Returns: whether the flush thread has to be woken to set its alarm.
  mutating func didWrite(_ block: BlockBuffer, now: UInt64) -> Bool {
    block.removeAll()
    spare = block
    isWriting = false
    if watermarkDue == nil { watermarkDue = now &+ Self.watermarkDelay }
    return isThreadAsleep && sleepsUntilWoken
  }

  mutating func didSynchronizeWatermark() {
    watermarkDue = nil
    isWriting = false
  }

  /// The writer must not be used any more: ``isWriting`` stays as it is.
  ///
  /// - Returns: whether this is the first failure.
  mutating func fail() -> Bool {
    defer { hasFailed = true }
    return !hasFailed
  }

  mutating func stop() {
    isStopping = true
  }
}
