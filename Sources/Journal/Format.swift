internal import System

// The journal on disk.
//
// A data directory holds
//
//     MANIFEST                            which segments make up the log, and where the sealed ones end
//     WATERMARK                           up to where the log is known to have reached the disk
//     segment-00000000000000000001.log    the log itself, in segments numbered from 1
//     snapshot-00000000000000000001.snap  what the log up to one place comes to; named after a block's sequence
//     LOCK                                the process id of the holder, as text; the lock itself is on the directory
//     quarantine/                         what recovery cut off torn tails
//     *.tmp                               files being made; none of them counts until it is renamed
//
// Numbers are little-endian. A checksum is CRC32C. Each file begins with a magic number and the version of its format,
// and names the store by its 16 random bytes. A version, or a bit of the "incompatible" or "compatible for readers"
// features, that this program does not know is refused. What is called zero is checked to be zero.
//
// SEGMENT. A file of fixed size, written with zeros and synchronized before it is used, so that to write a block later
// changes no metadata and needs no room. The first 4096 bytes are its header, blocks follow from offset 4096.
//
//       0   8  magic "GATESEGM"          48   8  compatible features
//       8   4  format version            56   8  features compatible for readers
//      12   4  zero                      64   8  incompatible features
//      16  16  store id                  72  52  zero
//      32   8  segment number           124   4  checksum of bytes 0 to 123
//      40   8  size of the file         128 3968 zero
//
// A segment that is made but not used yet is listed nowhere, and all zero behind its header. It is listed in the
// manifest, durably, before its first block is written. It is used from its start only: after a restart the log goes on
// in a fresh segment. The first segment is small and each next one about as long as the log before it, up to the
// full size: so an empty store starts at once, and a small one stays small.
//
// BLOCK. What one flush made durable. It starts at a multiple of 4096 bytes, so that no later write touches a sector or
// a page that holds it; zeros fill it up to such a multiple. Nothing but zeros lies behind the last block.
//
//       0   8  magic "GATEBLCK"          72   4  number of records
//       8   4  format version            76   4  length of the body, bytes
//      12   4  kind: 0, records          80   8  sequence of the last block known to be durable
//      16  16  store id                  88   8  where that block ends in its segment
//      32   8  segment number            96   8  chain value of the block before
//      40   8  offset in the segment    104  16  zero
//      48   8  sequence of the block    120   4  checksum of the body
//      56   8  first revision           124   4  checksum of bytes 0 to 123
//      64   8  last revision            128   …  body: a message gatehouse.journal.v1.Block, in its encoding
//
// Sequences count blocks over all segments, from 1, without gaps. The revisions of a block's events are dense, from
// first to last; a block of notes alone has the last revision of the block before as last and one more as first. The
// chain value of a block is the 64-bit FNV-1a hash of its 128 header bytes (hence of the value before it and of the
// body's checksum); the one before the first block is the hash of the store id.
//
// MANIFEST. Two slots, each half of the file, written in turn, each made durable before anything relies on it. The
// valid one with the greater sequence counts. When a slot is too small, the file is replaced by one twice as large.
//
//       0   8  magic "GATEMANI"          64   4  number of segments
//       8   4  format version            68   4  length of an entry: 64
//      12   4  bytes of a slot           72   4  number of snapshots, at most 2
//      16  16  store id                  76   4  length of a snapshot's entry: 96, 0 when there are none
//      32   8  sequence of the manifest  80   8  sequence before the first segment
//      40   8  compatible features       88   8  revision before the first segment
//      48   8  … for readers             96   8  chain value before the first segment
//      56   8  incompatible features    104  16  zero
//                                       120   4  checksum of the entries
//                                       124   4  checksum of bytes 0 to 123
//     and then for each segment, oldest first; each but the last is sealed
//       0   8  segment number            32   8  sequence of its last block
//       8   8  bytes of the file         40   8  where its last block ends
//      16   4  state: 1 active, 2 sealed 48   8  last revision
//      20   4  zero                      56   8  chain value of its last block
//      24   8  sequence of its first block
//     where an active segment, or one without blocks, has the values of the block before it, and ends at 4096. A sealed
//     file may be longer than its entry says: then it was to be cut, and what is behind the end is none of the log.
//     Behind the segments, for each snapshot that counts, oldest first: where the log goes on behind it, and its file
//       0   8  sequence of a block        40   8  revision that the snapshot is true of
//       8   8  revision of that block     48   8  bytes of the file
//      16   8  chain value of that block  56   8  number of chunks
//      24   8  segment of that block      64   8  chain value of the last chunk
//      32   8  where it ends there        72   8  when it was made, Unix microseconds
//                                         80  16  zero
//
// What is before the first segment has been forgotten: a snapshot stands for it. It was 0, 0 and the hash of the store
// id, and only moves when segments are let go, which both listed snapshots have behind them.
//
// SNAPSHOT. What replaying the log up to one revision comes to, in the words of who replays it. It was taken while the
// log went on, so it lies between two blocks: the log goes on behind the block that the header names, and records of
// events up to the snapshot's revision are passed over. It counts once it was read back whole and the manifest lists
// it. That it is listed also attests that the log had reached the disk up to its revision.
//
//       0   8  magic "GATESNAP"          64   8  sequence of the block that the log goes on behind
//       8   4  format version            72   8  revision of that block
//      12   4  zero                      80   8  chain value of that block
//      16  16  store id                  88   8  segment of that block
//      32   8  revision                  96   8  where it ends there
//      40   8  compatible features      104  20  zero
//      48   8  … for readers            124   4  checksum of bytes 0 to 123
//      56   8  incompatible features
//     and then chunk after chunk, the last of them an end without a body:
//       0   4  magic "CHNK"              24   8  chain value of the chunk before, or of the file's header
//       4   4  kind: 1 body, 2 end       32   8  zero
//       8   8  number, from 1            40   4  checksum of the body
//      16   8  length of the body        44   4  checksum of bytes 0 to 43
//      48   …  body: a message gatehouse.journal.v1.Snapshot, in its encoding; all bodies together are one message too
//     where a chain value is the hash of the header, as a block's is.
//
// WATERMARK. Two slots, at 0 and 4096, of a file of 8192 bytes. One is rewritten after each flush, before anybody is
// told, and synchronized at most once a second; then they change roles, so that one is on the disk whatever happens to
// the other. So after the end of the process the watermark is exact, after a loss of power a lower bound, a second old
// at most.
//
//       0   8  magic "GATEMARK"          40   8  segment number of that block
//       8   4  format version            48   8  where it ends there
//      12   4  zero                      56   4  zero
//      16  16  store id                  60   4  checksum of bytes 0 to 59
//      32   8  sequence of the last block known to be durable

/// The numbers of the format.
enum Format {
  /// The version of every file's format.
  static let version: UInt32 = 1

  /// Blocks start at multiples of this, in bytes: the page of the kernel, and at least the sector of any disk in use.
  static let alignment = 4096
  /// Bytes of the header of a segment; the first block follows.
  static let segmentHeaderBytes = 4096
  /// Bytes of a segment's, a block's and a manifest's header that are in use.
  static let headerBytes = 128
  static let manifestEntryBytes = 64
  static let snapshotEntryBytes = 96
  static let chunkHeaderBytes = 48
  static let watermarkSlotBytes = 64
  /// Where the second slot of the watermark is: on another page than the first.
  static let watermarkSlotDistance = 4096

  /// The longest body of a block or of a snapshot's chunk, in bytes. It bounds how much recovery reads at once, and how
  /// far a torn block reaches.
  static let maximumBodyBytes = 8 << 20

  /// Bytes from the start of a block to the start of the next, for a body of that length.
  static func blockBytes(body: Int) -> Int {
    roundUp(headerBytes + body)
  }

  /// The next multiple of ``alignment``; `count` is a size within a file, far from overflow.
  static func roundUp(_ count: Int) -> Int {
    (count + alignment - 1) & ~(alignment - 1)
  }
}

/// FNV-1a, 64 bits: unlike a checksum's, its arithmetic is not linear, so blocks that were swapped do not cancel out.
enum ChainHash {
  static func value(of bytes: UnsafeRawBufferPointer) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return hash
  }

  /// The chain value before the first block of a store.
  static func genesis(_ storeID: StoreID) -> UInt64 {
    storeID.withUnsafeBytes { value(of: $0) }
  }
}

/// Where the log stands behind a block: what the next one must continue.
struct LogHead: Equatable {
  /// The sequence of the block; 0 before the first.
  var sequence: UInt64
  /// The last revision up to here; 0 before the first.
  var revision: UInt64
  var chain: UInt64
}

/// A place in the log: right behind a block.
struct LogPlace: Equatable {
  var segment: UInt64
  /// Where the block ends, in bytes from the start of its segment; where the first one goes when none is before it.
  var offset: Int
  var head: LogHead
}
