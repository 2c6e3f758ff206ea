internal import System

/// An array that only grows, in slabs that never move: appending never copies what is there, so it never takes longer
/// than making one slab. Slabs begin with a cache line, so that elements of whole lines lie on no more lines than they
/// fill.
///
/// Owned by one isolation domain; the unsafe memory stays inside.
struct SlabArray<Element>: ~Copyable {
  /// Elements a slab: enough to make the slab's own cost vanish, few enough that making one takes microseconds.
  static var slabCapacity: Int { 1024 }
  private static var slabBytes: Int { slabCapacity * MemoryLayout<Element>.stride }

  private var slabs: [UnsafeMutablePointer<Element>] = []
  private(set) var count = 0

  deinit {
    for (index, slab) in slabs.enumerated() {
      slab.deinitialize(count: Swift.min(Self.slabCapacity, count - index * Self.slabCapacity))
      UnsafeMutableRawPointer(slab).deallocate()
    }
  }

  /// Appends at index `count`.
  mutating func append(_ element: consuming Element) {
    if count == slabs.count * Self.slabCapacity {
      let slab = UnsafeMutableRawPointer.allocate(byteCount: Self.slabBytes, alignment: Memory.cacheLineBytes)
      // All of it will be used: one call instead of a page fault for each page, which is a tenth of a start.
      Memory.populate(UnsafeMutableRawBufferPointer(start: slab, count: Self.slabBytes))
      slabs.append(slab.bindMemory(to: Element.self, capacity: Self.slabCapacity))
    }
    (slabs[count / Self.slabCapacity] + count % Self.slabCapacity).initialize(to: element)
    count += 1
  }

  /// The element at an index below `count`; anything else is a bug of the caller and stops the process.
  subscript(index: Int) -> Element {
    _read {
      precondition(index >= 0 && index < count)
      yield slabs[index / Self.slabCapacity][index % Self.slabCapacity]
    }
    _modify {
      precondition(index >= 0 && index < count)
      yield &slabs[index / Self.slabCapacity][index % Self.slabCapacity]
    }
  }

  /// Where the element at an index below `count` lies: what is done with it by its address copies nothing.
  func address(of index: Int) -> UnsafePointer<Element> {
    precondition(index >= 0 && index < count)
    return UnsafePointer(slabs[index / Self.slabCapacity] + index % Self.slabCapacity)
  }

  /// Has the processor fetch the element at an index below `count`.
  func prefetch(_ index: Int) {
    Memory.prefetch(UnsafeRawBufferPointer(start: address(of: index), count: MemoryLayout<Element>.stride))
  }
}
