internal import Store

extension ValueForm where Value == KeepingSettings.Retention {
  /// What of the log is kept: all of it, a length of time, or a number of revisions. A number alone counts revisions:
  /// a length of time always has its unit.
  static var retention: ValueForm {
    ValueForm("all|TIME|N") { text throws(ValueProblem) in
      if text.lowercased() == "all" { return .everything }
      if let count = decimal(text[...]) {
        guard count > 0 else { throw ValueProblem("keeps nothing") }
        return .revisions(count)
      }
      guard let span = try? TimeSpan.parse(text), span > 0 else {
        throw ValueProblem("is neither all, nor a length of time such as 90d, nor a number of revisions")
      }
      return .time(span)
    }
  }
}
