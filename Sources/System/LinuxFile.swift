internal import CLinux
internal import Glibc

/// A file of the running system.
public final class LinuxFile: File {
  private let descriptor: Descriptor

  /// Takes over an open descriptor.
  public init(owning descriptor: consuming Descriptor) {
    self.descriptor = descriptor
  }

  public func pread(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    let count = Glibc.pread(descriptor.number, buffer.baseAddress, buffer.count, off_t(offset))
    guard count >= 0 else { throw .last("pread") }
    return count
  }

  public func pwrite(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    var count = Glibc.pwrite(descriptor.number, bytes.baseAddress, bytes.count, off_t(offset))
    if count < 0, errno == EINVAL, clinux_bypass_cache(descriptor.number, 0) == 1 {
      // The file system can only do it in other units, or what an interrupted write left over is no whole page.
      count = Glibc.pwrite(descriptor.number, bytes.baseAddress, bytes.count, off_t(offset))
    }
    guard count >= 0 else { throw .last("pwrite") }
    return count
  }

  public func fdatasync() throws(SystemError) {
    guard Glibc.fdatasync(descriptor.number) == 0 else { throw .last("fdatasync") }
  }

  public func fsync() throws(SystemError) {
    guard Glibc.fsync(descriptor.number) == 0 else { throw .last("fsync") }
  }

  public func fallocate(_ size: Int) throws(SystemError) {
    guard clinux_fallocate(descriptor.number, Int64(size)) == 0 else { throw .last("fallocate") }
  }

  public func ftruncate(_ size: Int) throws(SystemError) {
    guard Glibc.ftruncate(descriptor.number, off_t(size)) == 0 else { throw .last("ftruncate") }
  }

  public func size() throws(SystemError) -> Int {
    var status = stat()
    guard fstat(descriptor.number, &status) == 0 else { throw .last("fstat") }
    return Int(status.st_size)
  }

  public func flock() throws(SystemError) {
    guard clinux_flock(descriptor.number) == 0 else { throw .last("flock") }
  }

  public func forgetCached() {
    // Advice: what the kernel makes of it cannot be told, so its answer does not matter.
    _ = posix_fadvise(descriptor.number, 0, 0, POSIX_FADV_DONTNEED)
  }

  public func bypassCache() {
    // Some file systems cannot: what is written takes the ordinary way then.
    _ = clinux_bypass_cache(descriptor.number, 1)
  }
}
