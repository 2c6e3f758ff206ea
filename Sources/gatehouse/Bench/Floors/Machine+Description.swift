internal import System

extension BenchReport.Machine {
  /// This machine; what it does not tell is "unknown".
  ///
  /// - Parameter directory: where the data lies that is measured; nil where that is not known.
  init(directory: String?) {
    func text(_ path: String) -> String? {
      (try? InputFile.read(path, limit: 4 << 20)).map { String(decoding: $0, as: UTF8.self) }
    }
    let fileSystem = directory.flatMap { try? FileSystemKind(of: $0).name }
    self.init(
      processorInformation: text("/proc/cpuinfo") ?? "", release: text("/proc/sys/kernel/osrelease") ?? "",
      fileSystem: fileSystem ?? "unknown")
  }

  /// - Parameters:
  ///   - processorInformation: what `/proc/cpuinfo` says.
  ///   - release: what `/proc/sys/kernel/osrelease` says.
  init(processorInformation: String, release: String, fileSystem: String) {
    func values(_ name: String) -> [String] {
      processorInformation.split(separator: "\n").compactMap { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, Self.trimmed(parts[0]) == name else { return nil }
        return Self.trimmed(parts[1])
      }
    }
    let version = Self.trimmed(release[...])
    self.init(
      processor: values("model name").first ?? "unknown processor", processors: max(values("processor").count, 1),
      system: "Linux \(version.isEmpty ? "unknown" : version)", fileSystem: fileSystem)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text.drop { $0.isWhitespace })
  }
}
