internal import System

/// Judging the end of the log.
extension Recovery {
  /// What to make of the end of the active segment.
  ///
  /// - Parameter isAttested: whether it is known that there was another block.
  func judgeTail(
    _ scan: BlockScan, _ header: TailFacts.Header, lastBlock: Range<Int>?, isAttested: Bool
  ) throws(JournalError) -> Tail {
    let place = scan.place
    let tail = try TailScan(window, place: place, header: header, isAttested: isAttested)
    switch TailVerdict(tail.facts) {
    case .end:
      return Tail(end: place.offset, lastBlock: lastBlock)
    case .torn:
      return Tail(end: place.offset, lastBlock: lastBlock, torn: tail.bytes)
    case .refused(let refusal):
      let what =
        switch refusal {
        case .unknownFormat: "a block of a format that this version does not know"
        case .misplacedBlock: "a block of another place"
        case .lostBlocks: "a block that had reached the disk is missing"
        case .damagedBlock: "a block that had reached the disk is damaged"
        case .strayBytes: "bytes that no interrupted write can have left, up to offset \(tail.bytes?.upperBound ?? 0)"
        }
      throw JournalError(
        refusal == .unknownFormat ? .unsupported : .damaged, path: window.path, offset: place.offset,
        "\(what): the log \(whole(place.head)); what follows is lost or in doubt")
    }
  }
}
