internal import Testing

@testable import Journal
@testable import JournalProof

@Suite struct SpareShelfTests {
  @Test func segmentsGrowWithTheLog() {
    let sizes = SegmentSizes(first: 2, longest: 64)
    let table = [(0, 2), (2, 2), (3, 2), (4, 4), (7, 4), (8, 8), (63, 32), (64, 64), (.max, 64)]
    for (logBytes, bytes) in table { #expect(sizes.next(logBytes: logBytes) == bytes, "\(logBytes)") }
    #expect(SegmentSizes(first: 3, longest: 64).next(logBytes: 63) == 48)
    #expect(SegmentSizes(first: 2, longest: 2).next(logBytes: 100) == 2)
  }

  @Test func numbersGoOnAndOneIsKeptReady() throws {
    let disk = SimulatedDisk()
    try disk.createDirectory("/d")
    let maker = SegmentMaker(directory: DataDirectory(path: "/d", fileSystem: disk), storeID: StoreID(high: 1, low: 2))
    let shelf = SpareShelf(
      maker: maker, spares: [], nextNumber: 7, logBytes: 0, sizes: SegmentSizes(first: 8192, longest: 16384))
    try shelf.prepare()
    try shelf.prepare()
    #expect(try disk.list("/d") == [FileName.segment(7)])
    let taken = try (0..<3).map { _ in try shelf.take() }
    #expect(taken.map(\.number) == [7, 8, 9])
    #expect(taken.map(\.fileBytes) == [8192, 8192, 16384])
    for spare in taken { #expect(disk.image.durable["/d/\(FileName.segment(spare.number))"]?.count == spare.fileBytes) }
  }
}
