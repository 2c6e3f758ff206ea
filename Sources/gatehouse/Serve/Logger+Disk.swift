internal import Journal
internal import System

/// What the disk is like, for whoever runs the server.
extension Logger {
  /// A disk whose flushes take longer than this in the middle, in microseconds, is worth a warning: each call waits for
  /// one.
  private static let worthAWarning: UInt64 = 50_000

  /// Tells which file system a data directory is on and how long its flushes take.
  ///
  /// - Parameter probe: a file to measure with; made and removed.
  func disk(_ directory: String, probe: String) {
    do throws(SystemError) {
      let kind = try FileSystemKind(of: directory)
      let lengths = try FlushProbe.measure(probe, on: LinuxFileSystem()).map { $0 / 1000 }
      let middle = lengths[lengths.count / 2]
      log(
        middle >= Self.worthAWarning ? .warning : .info, "the disk of the data directory",
        [
          "file_system": kind.name, "flush_us": "\(middle)", "longest_us": "\(lengths[lengths.count - 1])",
          "flushes": "\(lengths.count)",
        ])
      if let weakness = kind.weakness {
        warning("the file system promises less than a disk", ["file_system": kind.name, "why": weakness])
      }
    } catch {
      warning("the disk of the data directory could not be looked at", ["error": "\(error)"])
    }
  }

  /// Tells of a flush that takes too long.
  func event(_ slow: SlowFlush) {
    warning(
      slow.isOver ? "the disk is slow: a flush took too long" : "the disk is slow: a flush has not come to an end",
      [
        "milliseconds": "\(slow.nanoseconds / 1_000_000)", "waiting_bytes": "\(slow.waitingBytes)",
        "slow_flushes": "\(slow.slowFlushes)",
      ])
  }
}
