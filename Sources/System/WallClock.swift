internal import CLinux
internal import Glibc

/// The time of day. It may jump, also backwards, when the machine's clock is set.
public enum WallClock {
  /// Microseconds since the Unix epoch.
  public static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1_000
  }
}
