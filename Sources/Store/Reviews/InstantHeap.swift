/// What is due when: a binary heap whose elements are small numbers, each in it once at most and found at once, so that
/// an element is moved or taken out without a search and nothing outdated stays behind.
///
/// Instants are of whichever clock its owner counts them by.
struct InstantHeap: ~Copyable {
  struct Entry {
    var instant: Int64
    var element: UInt32
  }

  /// Where an element is that is not in the heap.
  private static var nowhere: UInt32 { .max }

  /// The heap is the first `count` of them.
  private var entries = SlabArray<Entry>()
  /// Where each element is, by its number.
  private var places = SlabArray<UInt32>()
  private(set) var count = 0

  /// The earliest; nil when there is none.
  var first: Entry? { count == 0 ? nil : entries[0] }

  /// When an element is due; nil when it is not in the heap.
  func instant(of element: UInt32) -> Int64? {
    guard Int(element) < places.count, places[Int(element)] != Self.nowhere else { return nil }
    return entries[Int(places[Int(element)])].instant
  }

  /// Puts an element in, or moves it.
  mutating func set(_ element: UInt32, at instant: Int64) {
    while places.count <= Int(element) { places.append(Self.nowhere) }
    var place = Int(places[Int(element)])
    if place == Int(Self.nowhere) {
      place = count
      if count == entries.count {
        entries.append(Entry(instant: instant, element: element))
      }
      count += 1
    }
    settle(Entry(instant: instant, element: element), at: place)
  }

  /// Takes an element out, if it is in.
  mutating func remove(_ element: UInt32) {
    guard Int(element) < places.count, places[Int(element)] != Self.nowhere else { return }
    let place = Int(places[Int(element)])
    places[Int(element)] = Self.nowhere
    count -= 1
    if place < count { settle(entries[count], at: place) }
  }

  /// Finds the place of an entry, from one that is free on.
  private mutating func settle(_ entry: Entry, at place: Int) {
    let raised = raise(entry, from: place)
    if raised == place { sink(entry, from: place) }
  }

  /// - Returns: where the entry has come to.
  private mutating func raise(_ entry: Entry, from place: Int) -> Int {
    var place = place
    while place > 0 {
      let parent = (place - 1) / 2
      guard entry.instant < entries[parent].instant else { break }
      put(entries[parent], at: place)
      place = parent
    }
    put(entry, at: place)
    return place
  }

  private mutating func sink(_ entry: Entry, from place: Int) {
    var place = place
    while true {
      var child = 2 * place + 1
      guard child < count else { break }
      if child + 1 < count, entries[child + 1].instant < entries[child].instant { child += 1 }
      guard entries[child].instant < entry.instant else { break }
      put(entries[child], at: place)
      place = child
    }
    put(entry, at: place)
  }

  private mutating func put(_ entry: Entry, at place: Int) {
    entries[place] = entry
    places[Int(entry.element)] = UInt32(place)
  }
}
