internal import CLinux

/// Which file system a path is on, and what to hold of its promises.
public struct FileSystemKind: Equatable, Sendable {
  /// As `mount` names it; the number in hexadecimal when it is not a common one.
  public let name: String
  /// Why what it promises of locks and flushes is less than a disk's; nil when it is as good.
  public let weakness: String?

  /// - Throws: what the kernel says when asked.
  public init(of path: String) throws(SystemError) {
    var type: UInt32 = 0
    guard clinux_file_system_type(path, &type) == 0 else { throw .last("statfs") }
    self.init(type: type)
  }

  /// - Parameter type: the magic number that statfs(2) tells.
  init(type: UInt32) {
    let known = Self.known[type]
    name = known?.name ?? "0x" + String(type, radix: 16)
    weakness = known?.weakness
  }

  private static let network =
    "another machine keeps its promises: a lock may not exclude a server elsewhere, a flush may not reach a disk"
  private static let program = "a program keeps its promises: whether a flush reaches a disk is up to that program"
  private static let memory = "it is in memory: nothing survives a loss of power"
  private static let layers = "it is a layer above another file system, often one that goes with its container"

  /// The magic numbers of linux/magic.h, and those of file systems that are kept elsewhere.
  private static let known: [UInt32: (name: String, weakness: String?)] = [
    0xef53: ("ext4", nil), 0x5846_5342: ("xfs", nil), 0x9123_683e: ("btrfs", nil), 0x2fc1_2fc1: ("zfs", nil),
    0xf2f5_2010: ("f2fs", nil), 0xca45_1a4e: ("bcachefs", nil),
    0x6969: ("nfs", network), 0xff53_4d42: ("cifs", network), 0xfe53_4d42: ("smb2", network),
    0x0102_1997: ("9p", network), 0x00c3_6400: ("ceph", network),
    0x6573_5546: ("fuse", program), 0x0102_1994: ("tmpfs", memory), 0x8584_58f6: ("ramfs", memory),
    0x794c_7630: ("overlay", layers),
  ]
}
