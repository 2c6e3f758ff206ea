internal import CLinux
internal import Glibc

/// What another process of this user takes of the machine, as the kernel counts it.
public enum ProcessUsage {
  /// Processor time of all its threads so far, in the program and in the kernel, in microseconds; nil when there is no
  /// such process.
  public static func processorTime(of process: Int32) -> Int64? {
    var clock = clockid_t()
    var time = timespec()
    guard clock_getcpuclockid(process, &clock) == 0, clock_gettime(clock, &time) == 0 else { return nil }
    return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
  }

  /// Bytes of memory that it has in use; nil when there is no such process, or `/proc` does not tell.
  public static func residentBytes(of process: Int32) -> Int? {
    guard let text = try? InputFile.read("/proc/\(process)/statm", limit: 4096) else { return nil }
    // Pages: of the address space, then those that are resident, then others.
    let fields = String(decoding: text, as: UTF8.self).split(separator: " ")
    return fields.count > 1 ? Int(fields[1]).map { $0 * sysconf(Int32(_SC_PAGESIZE)) } : nil
  }
}
