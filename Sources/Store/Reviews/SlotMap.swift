/// A number for some of the customers, by slot: memory is taken only where there are numbers.
struct SlotMap: ~Copyable {
  /// Slots a page: a page that is used takes 4 KiB.
  private static var pageSize: Int { 1024 }
  private static var none: UInt32 { .max }

  private var pages: [[UInt32]] = []

  subscript(slot: Slot) -> UInt32? {
    get {
      let page = Int(slot) / Self.pageSize
      guard page < pages.count, !pages[page].isEmpty else { return nil }
      let number = pages[page][Int(slot) % Self.pageSize]
      return number == Self.none ? nil : number
    }
    set {
      let page = Int(slot) / Self.pageSize
      if page >= pages.count || pages[page].isEmpty {
        guard newValue != nil else { return }
        while pages.count <= page { pages.append([]) }
        pages[page] = [UInt32](repeating: Self.none, count: Self.pageSize)
      }
      pages[page][Int(slot) % Self.pageSize] = newValue ?? Self.none
    }
  }
}
