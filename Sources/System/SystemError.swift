internal import CLinux
internal import Glibc

/// What the kernel said when a call failed: the number (`errno`) and which call it was.
public struct SystemError: Error, Equatable, CustomStringConvertible {
  /// The value of `errno` right after the call.
  public let code: Int32
  /// The name of the call, as in its manual page.
  public let operation: StaticString

  public init(code: Int32, operation: StaticString) {
    self.code = code
    self.operation = operation
  }

  /// The error of the call that has just failed on this thread. Nothing may run between that call and this one.
  public static func last(_ operation: StaticString) -> SystemError {
    SystemError(code: errno, operation: operation)
  }

  /// Equal when number and name of the call are.
  public static func == (left: SystemError, right: SystemError) -> Bool {
    left.code == right.code && left.operation.description == right.operation.description
  }

  /// Such as `fdatasync: Input/output error (EIO)`.
  public var description: String {
    guard let text = clinux_error_text(code), let name = clinux_error_name(code) else {
      return "\(operation): error \(code)"
    }
    return "\(operation): \(String(cString: text)) (\(String(cString: name)))"
  }
}

extension SystemError {
  /// The peer ended a connection on which more was to come.
  public static let connectionReset = SystemError(code: ECONNRESET, operation: "recv")

  /// A signal came in before anything was done: the call is to be made again.
  public var isInterrupted: Bool { code == EINTR }
  /// A descriptor that does not block had nothing to give or no room to take.
  public var wouldBlock: Bool { code == EAGAIN || code == EWOULDBLOCK }
  /// No room left on the device, or in the quota.
  public var isNoSpace: Bool { code == ENOSPC || code == EDQUOT }
  /// A file can be neither made nor grow, for now: there is no room on the device, in the quota or below the limit of a
  /// file's size, or nothing may be written at all.
  public var keepsFilesFromBeingMade: Bool { isNoSpace || code == EROFS || code == EFBIG }
  /// There is no such file or directory.
  public var isNotFound: Bool { code == ENOENT }
  /// The kernel or the file system does not know how to do that.
  public var isUnsupported: Bool { code == ENOSYS || code == EOPNOTSUPP || code == EINVAL }
  /// What was taken for a directory is none.
  public var isNotDirectory: Bool { code == ENOTDIR }
  /// The user may not do that.
  public var isDenied: Bool { code == EACCES || code == EPERM }
  /// The file or directory is there already.
  public var alreadyExists: Bool { code == EEXIST }
}

/// Makes a call that reports failure by a negative result, again for as long as a signal interrupts it.
@inline(__always)
func retryingOnInterrupt<Result: FixedWidthInteger & SignedInteger>(
  _ operation: StaticString,
  _ call: () -> Result
) throws(SystemError) -> Result {
  while true {
    let result = call()
    if result >= 0 { return result }
    let error = SystemError.last(operation)
    guard error.isInterrupted else { throw error }
  }
}
