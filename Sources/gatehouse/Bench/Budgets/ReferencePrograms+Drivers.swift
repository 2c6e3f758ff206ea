internal import GatehouseAPI
internal import ProtobufWire
internal import System

extension ReferencePrograms {
  /// Calls for `gh-load`.
  struct Calls: Sendable {
    var method: RPCMethod
    /// Holds ``CustomerNumber/mark`` wherever the digits of a customer belong.
    var payload: [UInt8]
    /// The number of the first customer, as ``CustomerNumber/mix(_:)`` takes it.
    var first: UInt64
    /// After so many customers it begins again; nil for new ones without end.
    var customers: UInt64?
  }

  /// Loads a server of our protocol with `gh-load`.
  func loadGatehouse(
    port: UInt16, _ load: ScenarioResult.Load, _ calls: Calls, seconds: Double
  ) throws(Missing) -> Figures {
    let payload = "\(scratch)/reference.payload"
    try write(calls.payload, to: payload)
    var words = [
      "-p", "\(port)", "-c", "\(load.connections)", "-k", "\(load.inFlight)", "-s", FigureText.fixed(seconds, 2),
      "-w", "0.5", "-b", "\(calls.first)",
    ]
    if let customers = calls.customers { words += ["-n", "\(customers)"] }
    let process = try start("gh-load", words + [calls.method.path, payload])
    let line = process.nextLine(within: Int32(seconds * 1000) + Self.patience)
    guard let line, let figures = Self.gatehouseFigures(line) else {
      throw Missing(reason: "gh-load says nothing, or of calls that failed: \(process.kill())")
    }
    return figures
  }

  /// A call of a gRPC server, the same one each time.
  struct GRPCCall: Sendable {
    /// The service and the method.
    var path: String
    /// In fields 1, 2, and so on of the request.
    var texts: [String]

    /// Of the server in the reference: about as large as a CreateCustomer.
    static let createCustomer = GRPCCall(
      path: "customers.v1.Customers/CreateCustomer",
      texts: [
        "5b3bd9a6-6f0e-4d8e-9d3b-0c8a1f0f6f6e", "Ada Lovelace", "ada.lovelace@example.com", "+44 20 7946 0000", "GB",
      ])

    /// Of etcd: a key, and a value of so many bytes.
    static func put(valueBytes: Int) -> GRPCCall {
      GRPCCall(
        path: "etcdserverpb.KV/Put",
        texts: ["5b3bd9a6-6f0e-4d8e-9d3b-0c8a1f0f6f6e", String(repeating: "z", count: valueBytes)])
    }

    /// A message that is not compressed: this flag, its length and its bytes.
    var request: [UInt8] {
      var writer = WireWriter()
      for (field, text) in zip(UInt32(1)..., texts) { writer.field(field, string: text) }
      let message = writer.withUnsafeBytes { [UInt8]($0) }
      return [0] + withUnsafeBytes(of: UInt32(message.count).bigEndian) { [UInt8]($0) } + message
    }
  }

  /// etcd of one member, which flushes its log before it answers, and groups what waits. It takes calls when it has
  /// elected itself.
  func serveEtcd() throws(Missing) -> ReferenceServer {
    let directory = try newDirectory(for: "etcd")
    return try serve("etcd") { port in
      let address = "http://127.0.0.1:\(port)"
      return [
        "--data-dir", directory, "--listen-client-urls", address, "--advertise-client-urls", address,
        "--listen-peer-urls", "http://127.0.0.1:0",
      ]
    }
  }

  /// Loads a gRPC server with `h2load`.
  func loadGRPC(
    _ server: ReferenceServer, _ call: GRPCCall, _ load: ScenarioResult.Load, seconds: Double
  ) throws(Missing) -> Figures {
    let payload = "\(scratch)/reference.grpc"
    try write(call.request, to: payload)
    let process = try start(
      "h2load",
      [
        "-D", "\(Int(seconds * 1000))ms", "--warm-up-time=500ms", "-t", "1", "-c", "\(load.connections)", "-m",
        "\(load.inFlight)", "-d", payload, "-H", "content-type: application/grpc", "-H", "te: trailers",
        "http://127.0.0.1:\(server.port)/\(call.path)",
      ])
    var figures: Figures?
    var failed = true
    while let line = process.nextLine(within: Int32(seconds * 1000) + Self.patience) {
      if let rate = Self.h2loadRate(line) { figures = Figures(rate: rate) }
      if let failures = Self.h2loadFailures(line) { failed = failures > 0 }
    }
    guard let figures, !failed else {
      throw Missing(reason: "h2load says nothing, or of calls that failed: \(process.kill())")
    }
    return figures
  }

  // MARK: - What they say

  /// The line that `gh-load` ends with; nil when calls failed.
  static func gatehouseFigures(_ line: String) -> Figures? {
    guard let json = try? JSON(parsing: Array(line.utf8)), let rate = json["per_s"]?.double, rate > 0,
      json["errors"]?.double == 0
    else { return nil }
    return Figures(rate: rate, p50: json["p50_us"]?.double.map { $0 * 1000 })
  }

  /// "finished in 1.50s, 38312.00 req/s, 1.10MB/s".
  static func h2loadRate(_ line: String) -> Double? {
    guard line.hasPrefix("finished in ") else { return nil }
    let words = line.split(separator: " ")
    guard let unit = words.firstIndex(of: "req/s,"), unit > 0, let rate = Double(words[unit - 1]), rate > 0 else {
      return nil
    }
    return rate
  }

  /// Of "requests: 9 total, 9 started, 9 done, 8 succeeded, 1 failed, 1 errored, 0 timeout" those that failed.
  static func h2loadFailures(_ line: String) -> Int? {
    guard line.hasPrefix("requests: ") else { return nil }
    let words = line.split(separator: " ")
    guard let name = words.firstIndex(of: "failed,"), name > 0 else { return nil }
    return Int(words[name - 1])
  }
}
