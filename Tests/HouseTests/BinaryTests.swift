internal import Foundation
internal import Testing

/// What the built server links.
struct BinaryTests {
  /// The binary that `GATEHOUSE_BINARY` names, or the one that was built beside these tests.
  static let binary: URL? = {
    let named = ProcessInfo.processInfo.environment["GATEHOUSE_BINARY"].map { URL(fileURLWithPath: $0) }
    let built = ["release", "debug"].map { Checkout.root.appendingPathComponent(".build/\($0)/gatehouse") }
    return ([named].compactMap { $0 } + built).first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }()

  @Test(.enabled(if: binary != nil, "no server is built"))
  func theServerLinksNoFoundation() throws {
    let libraries = try NeededLibraries(of: Data(contentsOf: #require(Self.binary)))
    #expect(!libraries.names.isEmpty)
    for name in libraries.names {
      #expect(!name.contains("Foundation") && !name.contains("icu") && !name.contains("dispatch"), "\(name)")
    }
  }
}
