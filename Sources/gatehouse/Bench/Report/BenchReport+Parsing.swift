// A report read back. What can be computed of the rest is not read: it is computed again.

extension BenchReport {
  /// Reads what ``json`` is the text of, whoever wrote it. Members of other names are skipped.
  ///
  /// - Throws: where it is no JSON, or which member is missing or is not what it has to be.
  init(parsing text: [UInt8]) throws(JSONError) {
    let json = try JSON(parsing: text)
    guard json["results"] != nil else { throw JSONError("this is no report of the benchmark: it has no \"results\"") }
    guard json["format"] == .number(Self.format) else {
      throw JSONError("this report has another format than \(Self.format)")
    }
    machine = try json["machine"].map { json throws(JSONError) in try Machine(json) }
    floors = try json.list("floors") { json throws(JSONError) in try Floor(json) }
    results = try json.list("results") { json throws(JSONError) in try ScenarioResult(json) }
    // The first reports had none.
    conclusions = json["conclusions"] == nil ? [] : try Self.sentences(json, "conclusions")
    warnings = try Self.sentences(json, "warnings")
  }

  private static func sentences(_ json: JSON, _ name: String) throws(JSONError) -> [String] {
    try json.list(name) { json throws(JSONError) in
      guard let text = json.string else { throw JSONError("one of \"\(name)\" is not a string") }
      return text
    }
  }
}

extension JSON {
  /// Whole numbers beyond are refused where they are counted with, so that sums of them hold.
  private static let most: UInt64 = 1 << 48

  fileprivate func text(_ name: String) throws(JSONError) -> String {
    guard let text = self[name]?.string else { throw JSONError("\"\(name)\" has to be a string") }
    return text
  }

  fileprivate func count(_ name: String) throws(JSONError) -> UInt64 {
    guard let number = self[name]?.whole, number <= Self.most else {
      throw JSONError("\"\(name)\" has to be a whole number, at most \(Self.most)")
    }
    return number
  }

  fileprivate func optionalCount(_ name: String) throws(JSONError) -> UInt64? {
    self[name] == nil ? nil : try count(name)
  }

  fileprivate func number(_ name: String) throws(JSONError) -> Double {
    guard let number = self[name]?.double else { throw JSONError("\"\(name)\" has to be a number") }
    return number
  }

  fileprivate func list<Value>(
    _ name: String, _ read: (JSON) throws(JSONError) -> Value
  ) throws(JSONError) -> [Value] {
    guard let elements = self[name]?.elements else { throw JSONError("\"\(name)\" has to be an array") }
    var values: [Value] = []
    for element in elements { values.append(try read(element)) }
    return values
  }

  fileprivate func members(_ name: String) throws(JSONError) -> [Member] {
    guard case .object(let members) = self[name] else { throw JSONError("\"\(name)\" has to be an object") }
    return members
  }
}

extension BenchReport.Machine {
  fileprivate init(_ json: JSON) throws(JSONError) {
    processor = try json.text("processor")
    processors = Int(try json.count("processors"))
    system = try json.text("system")
    fileSystem = try json.text("file_system")
  }
}

extension Floor {
  fileprivate init(_ json: JSON) throws(JSONError) {
    name = try json.text("name")
    value = try json.number("value")
    guard let measure = Measure(rawValue: try json.text("measure")) else {
      throw JSONError("\"measure\" of a floor is unknown")
    }
    self.measure = measure
  }
}

extension Bound {
  fileprivate init(_ json: JSON) throws(JSONError) {
    guard let figure = Figure(rawValue: try json.text("figure")) else {
      throw JSONError("\"figure\" of a bound is unknown")
    }
    guard let floor = json["floor"] else { throw JSONError("a bound has no \"floor\"") }
    self.init(figure: figure, floor: try Floor(floor))
  }
}

extension Histogram {
  fileprivate init(_ json: JSON) throws(JSONError) {
    let counted = try json.list("buckets") { json throws(JSONError) in
      guard let pair = json.elements, pair.count == 2, let nanoseconds = pair[0].whole, let count = pair[1].whole else {
        throw JSONError("a bucket is not a pair of whole numbers")
      }
      return (nanoseconds: nanoseconds, count: count)
    }
    guard
      let histogram = Histogram(
        counted: counted, min: try json.count("min_ns"), max: try json.count("max_ns"), mean: try json.number("mean_ns")
      )
    else { throw JSONError("a latency contradicts itself") }
    self = histogram
  }
}

extension ScenarioRun {
  fileprivate init(_ json: JSON) throws(JSONError) {
    count = try json.count("count")
    nanoseconds = try json.count("duration_ns")
    let reasons = json["errors"] ?? .object([])
    for member in try json.members("errors") { errors[member.name] = try reasons.count(member.name) }
    serverProcessorMicroseconds = try json.optionalCount("server_cpu_us").map { Int64($0) }
    clientProcessorMicroseconds = try json.optionalCount("client_cpu_us").map { Int64($0) }
    wireBytes = try json.optionalCount("wire_bytes")
    diskBytes = try json.optionalCount("disk_bytes")
    residentBytes = try json.optionalCount("resident_bytes")
    if let recorded = json["latency"], recorded != .null { latency = try Histogram(recorded) }
  }
}

extension ScenarioResult {
  fileprivate init(_ json: JSON) throws(JSONError) {
    name = try json.text("name")
    things = try json.text("things")
    if json["connections"] != nil {
      load = Load(
        connections: Int(try json.count("connections")), inFlight: Int(try json.count("in_flight")),
        rate: json["target_rate"] == nil ? nil : try json.number("target_rate"))
    }
    for member in try json.members("parameters") {
      guard let value = member.value.string else { throw JSONError("a parameter is not a string") }
      parameters.append(Parameter(name: member.name, value: value))
    }
    runs = try json.list("runs") { json throws(JSONError) in try ScenarioRun(json) }
    bounds = try json.list("bounds") { json throws(JSONError) in try Bound(json) }
  }
}
