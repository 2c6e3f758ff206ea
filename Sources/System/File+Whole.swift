internal import Glibc

/// What callers want of a file: all of it, whatever signals and short counts come between.
extension File {
  /// Fills `buffer`, unless the file ends before.
  ///
  /// - Returns: how many bytes were read; less than asked only at the end of the file.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(SystemError) -> Int {
    var count = 0
    while count < buffer.count {
      do throws(SystemError) {
        let read = try pread(UnsafeMutableRawBufferPointer(rebasing: buffer[count...]), at: offset + count)
        if read == 0 { break }
        count += read
      } catch {
        guard error.isInterrupted else { throw error }
      }
    }
    return count
  }

  /// Writes all of `bytes`. After an error it is unknown how much of it was written.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(SystemError) {
    var count = 0
    while count < bytes.count {
      do throws(SystemError) {
        let written = try pwrite(UnsafeRawBufferPointer(rebasing: bytes[count...]), at: offset + count)
        // POSIX knows no reason to write nothing; to try again might never end.
        guard written > 0 else { throw SystemError(code: EIO, operation: "pwrite") }
        count += written
      } catch {
        guard error.isInterrupted else { throw error }
      }
    }
  }

  /// Writes all of `bytes`. After an error it is unknown how much of it was written.
  public func write(_ bytes: [UInt8], at offset: Int) throws(SystemError) {
    // `Array.withUnsafeBytes` does not pass typed errors on.
    let result = bytes.withUnsafeBytes { bytes in
      Result { () throws(SystemError) in try write(bytes, at: offset) }
    }
    try result.get()
  }

  /// Makes the contents durable. After any error the state of what was written is unknown: the kernel may have dropped
  /// it and would report success the next time. So it must not be tried again.
  public func synchronizeData() throws(SystemError) {
    try retryingInterrupts { () throws(SystemError) in try fdatasync() }
  }

  /// Makes contents and metadata, or the entries of a directory, durable. Not to be tried again after an error.
  public func synchronize() throws(SystemError) {
    try retryingInterrupts { () throws(SystemError) in try fsync() }
  }

  /// Reserves room for `size` bytes where the file system can; where it cannot, writing finds out.
  public func reserve(_ size: Int) throws(SystemError) {
    do throws(SystemError) {
      try retryingInterrupts { () throws(SystemError) in try fallocate(size) }
    } catch {
      guard error.code == EOPNOTSUPP || error.code == EINVAL else { throw error }
    }
  }

  /// Cuts or extends the file to `size` bytes.
  public func resize(to size: Int) throws(SystemError) {
    try retryingInterrupts { () throws(SystemError) in try ftruncate(size) }
  }

  /// Takes the lock, or returns false when somebody else has it.
  public func tryLock() throws(SystemError) -> Bool {
    do throws(SystemError) {
      try retryingInterrupts { () throws(SystemError) in try flock() }
      return true
    } catch {
      guard error.wouldBlock else { throw error }
      return false
    }
  }

  private func retryingInterrupts(_ call: () throws(SystemError) -> Void) throws(SystemError) {
    while true {
      do throws(SystemError) {
        return try call()
      } catch {
        guard error.isInterrupted else { throw error }
      }
    }
  }
}

extension FileSystem {
  /// Makes the entries of a directory durable: what was created, renamed and removed in it.
  public func synchronizeDirectory(_ path: String) throws(SystemError) {
    try open(path, .directory).synchronize()
  }
}
