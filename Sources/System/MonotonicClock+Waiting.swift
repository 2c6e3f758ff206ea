internal import CLinux
internal import Glibc

extension MonotonicClock {
  /// Lets the calling thread rest for so many microseconds at the least; not at all when there are none.
  public static func wait(microseconds: Int64) {
    let wanted = max(microseconds, 0)
    var left = timespec(tv_sec: Int(wanted) / 1_000_000, tv_nsec: Int(wanted) % 1_000_000 * 1000)
    while true {
      var rest = timespec()
      guard nanosleep(&left, &rest) != 0, errno == EINTR else { return }
      left = rest
    }
  }

  /// Lets the calling thread's waits end as soon as they are over, not up to 50 us later, which the kernel takes for
  /// itself to let several end at once.
  public static func waitExactly() {
    _ = clinux_set_timer_slack(1)
  }
}
