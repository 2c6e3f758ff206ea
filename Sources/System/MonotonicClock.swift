internal import CLinux
internal import Glibc

/// Time that never runs backwards: what deadlines and intervals are measured with.
public enum MonotonicClock {
  /// Nanoseconds since some fixed moment before the process began.
  public static func now() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
  }
}
