/// Numbers of bytes as people read them.
enum ByteText {
  /// "512 B", "1.5 KiB", "64.0 MiB", "1.2 TiB".
  static func short(_ bytes: some BinaryInteger) -> String {
    guard bytes >= 1024 else { return "\(bytes) B" }
    var value = Double(bytes) / 1024
    var units = ["KiB", "MiB", "GiB", "TiB", "PiB"][...]
    while value >= 1024, units.count > 1 {
      value /= 1024
      units.removeFirst()
    }
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10) \(units[units.startIndex])"
  }
}
