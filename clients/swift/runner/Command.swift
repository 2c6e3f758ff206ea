internal import Client
internal import Foundation

/// A line that comes in.
struct Command: Decodable, Sendable {
  var id: Int
  var op: String
  var addresses: [String]?
  var settingsMs: [String: Int64]?
  var token: String?
  var method: String?
  var requestType: String?
  var request: String?
  var timeoutMs: Int64?
  var take: Int?
  var watch: String?
  var snapshotOnHistoryLost: Bool?
  var credit: UInt32?
  var isSlow: Bool?
  var count: Int?
  var inFlight: Int?
  var target: Int?
  var file: String?
  var address: String?

  enum CodingKeys: String, CodingKey {
    case id, op, addresses, token, method, request, take, watch, credit, count, target, file, address
    case settingsMs = "settings_ms"
    case requestType = "request_type"
    case timeoutMs = "timeout_ms"
    case snapshotOnHistoryLost = "snapshot_on_history_lost"
    case isSlow = "is_slow"
    case inFlight = "in_flight"
  }

  var timeout: Duration? { timeoutMs.map { .milliseconds($0) } }

  var settings: ClientSettings {
    var settings = ClientSettings()
    settings.token = token ?? ""
    for (name, milliseconds) in settingsMs ?? [:] {
      let value = Duration.milliseconds(milliseconds)
      switch name {
      case "timeout": settings.timeout = value
      case "connect_timeout": settings.connectTimeout = value
      case "keepalive_after": settings.keepaliveAfter = value
      case "keepalive_timeout": settings.keepaliveTimeout = value
      case "least_pause": settings.leastPause = value
      case "greatest_pause": settings.greatestPause = value
      default: preconditionFailure("there is no setting \(name)")
      }
    }
    return settings
  }
}

/// Bytes as the suite writes them.
enum Hexadecimal {
  private static let digits = Array("0123456789abcdef".utf8)

  static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  static func bytes(_ text: String) -> [UInt8] {
    let digits = Array(text.utf8)
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
      UInt8(String(decoding: digits[index...index + 1], as: UTF8.self), radix: 16)
    }
  }
}
