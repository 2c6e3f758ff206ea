internal import Testing

/// Arrows between the modules run one way.
struct ImportTests {
  /// Which modules of the house each module may import; `Package.swift` must not allow more.
  static let allowed: [String: Set<String>] = [
    "Confinement": [],
    "ByteText": [],
    "ProtobufWire": ["ByteText"],
    "Wallet": ["ByteText", "CKeccak"],
    "WalletSigner": ["Wallet"],
    "Lifecycle": ["ByteText"],
    "GatehouseAPI": ["ProtobufWire"],
    "System": ["CLinux"],
    "RPC": ["Confinement", "ProtobufWire", "GatehouseAPI"],
    "Journal": ["ProtobufWire", "System"],
    "EventLoop": ["Confinement", "System", "RPC", "ProtobufWire"],
    "Store": ["ByteText", "Confinement", "Lifecycle", "Journal", "GatehouseAPI", "Wallet", "ProtobufWire", "System"],
    "Services": [
      "ByteText", "Confinement", "Store", "RPC", "Lifecycle", "Journal", "GatehouseAPI", "Wallet", "ProtobufWire",
      "System",
    ],
    "Client": ["RPC", "EventLoop", "GatehouseAPI", "ProtobufWire", "System"],
    "ProtoCompiler": [],
    "protogen": ["ProtoCompiler", "System"],
    "gatehouse": [
      "Services", "Store", "Journal", "EventLoop", "RPC", "Client", "GatehouseAPI", "ProtobufWire", "Lifecycle",
      "Wallet", "WalletSigner", "System", "ByteText",
    ],
  ]

  /// What comes with the toolchain and is no more than the language: not Foundation, not the C library.
  static let language: Set = ["Synchronization"]

  /// Modules in C, which import nothing.
  static let inC: Set = ["CLinux", "CKeccak"]

  /// The only callers of the C library.
  static let callersOfTheCLibrary: Set = ["System"]

  @Test func everyImportIsAllowed() throws {
    let files = try Checkout.swiftFiles(below: "Sources")
    #expect(files.count > 50)
    for file in files {
      let allowed = try #require(Self.allowed[file.module], "\(file.path) belongs to a module that the table lacks")
      for imported in file.imports where !allowed.contains(imported) && !Self.language.contains(imported) {
        let callsTheCLibrary = imported == "Glibc" && Self.callersOfTheCLibrary.contains(file.module)
        #expect(callsTheCLibrary, "\(file.path) imports \(imported)")
      }
    }
  }

  @Test func everyModuleIsInTheTable() throws {
    #expect(try Checkout.names(in: "Sources").filter { !Self.inC.contains($0) } == Self.allowed.keys.sorted())
  }

  /// What an allowed module reaches never comes back to it.
  @Test(arguments: allowed.keys.sorted())
  func arrowsRunOneWay(module: String) {
    var reached: Set<String> = []
    var open = Array(Self.allowed[module, default: []])
    while let next = open.popLast() {
      guard reached.insert(next).inserted else { continue }
      open += Self.allowed[next, default: []]
    }
    #expect(!reached.contains(module))
  }

  @Test func importLinesAreRead() {
    #expect(SourceFile.importedModule("internal import Foundation") == "Foundation")
    #expect(SourceFile.importedModule("public import struct Foundation.URL") == "Foundation")
    #expect(SourceFile.importedModule("@_implementationOnly import Glibc") == "Glibc")
    #expect(SourceFile.importedModule("  @testable import Store") == "Store")
    #expect(SourceFile.importedModule("import Glibc;") == "Glibc")
    #expect(SourceFile.importedModule("let important = 1") == nil)
  }
}
