internal import System

/// Brings the directory into the state that the log goes on from. Only what was verified gets here.
///
/// Each step leaves a directory that recovers to the same log, so it may be interrupted anywhere and begins anew:
///
/// 1. Unfinished files go, before one of the same name is made. The directory is synchronized, so that each name that
///    was read stays. The bytes of a torn block are copied to `quarantine/`.
/// 2. The last block, unless the watermark attests it, is written again, where it is, and synchronized. It may be in
///    the kernel's memory alone, marked clean by a flush that failed; now it is on the disk, or this start fails. To
///    write it in place is as safe as a copy in a fresh segment: where the disk had it, each sector is overwritten by
///    what it holds; where it had not, nobody was told of the block, and it may be torn again.
/// 3. The watermark is moved to the end of the log and synchronized: from here on nothing in the log can be taken for
///    torn.
/// 4. The manifest, its present slot made sure of first, seals the segment that was being written and lists a fresh
///    one. So what lies behind the seal is none of the log, and nothing is ever written behind a tail that was cut.
///    Where there is no room for a fresh one, this waits until there is: what is there is served meanwhile.
/// 5. What is behind a seal is cut off, so that a restart costs no more room than the log needs; segments that had been
///    let go are removed, now that the manifest that says so is on the disk for certain.
extension Recovery {
  func settle(
    _ survey: inout Survey, maker: SegmentMaker, options: JournalOptions
  ) throws(JournalError) -> (LogWriter, SpareShelf) {
    for name in survey.unfinished { try directory.remove(name) }
    let watermark: WatermarkFile
    if let there = survey.watermark {
      watermark = there
    } else {
      // No other name may be on the disk before that of the manifest, which a start that failed may have left unsure.
      try directory.synchronize()
      watermark = try WatermarkFile.create(survey.manifest.manifest.storeID, in: directory)
    }
    // What was read may be in the kernel's memory alone: the name of a spare, or of a manifest that replaced another.
    try directory.synchronize()
    if let active = survey.active { try secure(active.segment, active.tail, survey: &survey) }
    try settle(watermark, survey)

    // Numbers go on behind everything that is there.
    let used = survey.manifest.manifest.segments.last
    let nextNumber = max(survey.spares.last?.number ?? 0, used?.number ?? 0) + 1
    // The active segment counts for what is in it: the rest is cut off when it is sealed.
    let sealed = survey.manifest.manifest.segments.filter { $0.state == .sealed }
    let logBytes =
      sealed.reduce(survey.active?.tail.end ?? 0) { $0 + $1.fileBytes }
      + survey.spares.reduce(0) { $0 + $1.fileBytes }
    let spares = SpareShelf(
      maker: maker, spares: survey.spares, nextNumber: nextNumber, logBytes: logBytes,
      sizes: SegmentSizes(first: options.firstSegmentBytes, longest: options.segmentBytes))

    let (segment, closedEnd) = try settleManifest(&survey, spares: spares)
    for sealed in survey.uncut {
      try withPath(directory.path(of: sealed.name)) { () throws(SystemError) in
        try sealed.file.resize(to: sealed.fileBytes)
        try sealed.file.synchronize()
      }
    }
    for name in survey.forgotten { try directory.remove(name) }
    let writer = LogWriter(
      directory: directory, manifest: survey.manifest, watermark: watermark, spares: spares, index: survey.index,
      active: segment, closedEnd: closedEnd, head: survey.head, options: options)
    return (writer, spares)
  }

  /// Steps 1 and 2.
  private func secure(_ segment: SpareSegment, _ tail: Tail, survey: inout Survey) throws(JournalError) {
    let name = FileName.segment(segment.number)
    if let torn = tail.torn {
      let copy = try quarantine(torn, of: segment)
      survey.report.quarantineFile = copy
      survey.report.notes.append(
        "cut \(torn.count) bytes at offset \(torn.lowerBound) of \(name), left by a write that was interrupted before "
          + "anybody was told of it; a copy is in \(copy)")
    }
    if let last = tail.lastBlock, survey.head.sequence > survey.watermark?.watermark.sequence ?? 0 {
      window.open(segment.file, path: directory.path(of: name), fileBytes: segment.fileBytes)
      let block = try window.bytes(last)
      try withPath(directory.path(of: name)) { () throws(SystemError) in
        try segment.file.write(block, at: last.lowerBound)
        try segment.file.synchronizeData()
      }
    }
  }

  private func quarantine(_ torn: Range<Int>, of segment: SpareSegment) throws(JournalError) -> String {
    let folder = directory.path(of: FileName.quarantine)
    try withPath(folder) { () throws(SystemError) in try directory.fileSystem.createDirectoryIfMissing(folder) }
    let name = FileName.segment(segment.number)
    let path = "\(folder)/\(name).\(torn.lowerBound)"
    window.open(segment.file, path: directory.path(of: name), fileBytes: segment.fileBytes)
    let bytes = try window.bytes(torn)
    try withPath(path) { () throws(SystemError) in
      // An earlier start may have been interrupted at this: the same bytes again.
      let file = try directory.fileSystem.open(path, .create)
      try file.write(bytes, at: 0)
      try file.synchronize()
      try directory.fileSystem.synchronizeDirectory(folder)
    }
    try directory.synchronize()
    return path
  }

  /// Step 3.
  private func settle(_ watermark: WatermarkFile, _ survey: Survey) throws(JournalError) {
    // First the slot that counts, so that the other one, which may be torn, is written next.
    try watermark.synchronize()
    if survey.head.sequence > watermark.watermark.sequence, let active = survey.active {
      try watermark.advance(to: survey.head.sequence, segment: active.segment.number, end: active.tail.end)
    }
    try watermark.synchronize()
  }

  /// Step 4. Written in any case: what was read may be in the kernel's memory alone.
  ///
  /// - Returns: the segment that the log goes on in; or, where there is no room for one, the one that it ended in,
  ///   which is not to be written to any more, and where it ended.
  private func settleManifest(
    _ survey: inout Survey, spares: SpareShelf
  ) throws(JournalError) -> (SpareSegment, closedEnd: Int?) {
    try survey.manifest.secure()
    if let (segment, tail) = survey.active, tail.lastBlock == nil, tail.torn == nil {
      try survey.manifest.update { _ in }
      return (segment, nil)
    }
    let segment: SpareSegment
    do throws(JournalError) {
      segment = try spares.take()
    } catch {
      guard error.kind == .noSpace, let (ended, tail) = survey.active else { throw error }
      spares.didLackSpace(error)
      survey.report.notes.append("nothing can be written until there is room on the disk: \(error)")
      try survey.manifest.update { _ in }
      return (ended, tail.end)
    }
    let (head, active) = (survey.head, survey.active)
    try survey.manifest.update { manifest in
      if let end = active?.tail.end { manifest.seal(end: end, head: head, fileBytes: end) }
      manifest.activate(segment)
    }
    if let active {
      survey.uncut.append((active.segment.file, FileName.segment(active.segment.number), active.tail.end))
    }
    survey.index.add(segment: segment.number)
    return (segment, nil)
  }
}
