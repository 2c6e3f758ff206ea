internal import CLinux
internal import Glibc

/// What this process takes of the machine, as the kernel counts it.
public enum ResourceUsage {
  /// Processor time of all threads so far, in the program and in the kernel, in microseconds.
  public static func processorTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Int64(time.tv_sec) &* 1_000_000 &+ Int64(time.tv_nsec) / 1000
  }

  /// The same of all programs that this process started, that have ended and been waited for.
  public static func processorTimeOfChildren() -> Int64 {
    var usage = rusage()
    getrusage(RUSAGE_CHILDREN.rawValue, &usage)
    return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 &+ Int64($1.tv_sec) &* 1_000_000 &+ Int64($1.tv_usec) }
  }

  /// Bytes of memory that the process has in use; 0 where `/proc` does not tell.
  public static func residentBytes() -> Int { ProcessUsage.residentBytes(of: CurrentProcess.id) ?? 0 }

  /// Gives the system back what was freed, as far as it lies in whole pages: ``residentBytes()`` afterwards tells what
  /// is in use. Takes 30 ms where a million small pieces were freed, a tenth of one where few were.
  public static func returnFreedMemory() {
    malloc_trim(0)
  }
}
