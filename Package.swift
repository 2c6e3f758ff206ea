// swift-tools-version: 6.1
import PackageDescription

/// Every Swift target is built alike: the access level of an import is written down, existentials are marked, a member
/// is visible only where its module is imported.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("ExistentialAny"),
]

/// The modules, lowest first, each with the modules that it may import. `Tests/HouseTests` holds the `import` lines of
/// the sources against this list.
let modules: [(name: String, imports: [Target.Dependency])] = [
  ("Confinement", []),
  ("ByteText", []),
  ("ProtobufWire", ["ByteText"]),
  ("Wallet", ["ByteText", "CKeccak"]),
  ("WalletSigner", ["Wallet"]),
  ("Lifecycle", ["ByteText"]),
  ("GatehouseAPI", ["ProtobufWire"]),
  ("System", ["CLinux"]),
  ("RPC", ["Confinement", "ProtobufWire", "GatehouseAPI"]),
  ("Journal", ["ProtobufWire", "System"]),
  ("EventLoop", ["Confinement", "System", "RPC", "ProtobufWire"]),
  ("Store", ["ByteText", "Confinement", "Lifecycle", "Journal", "GatehouseAPI", "Wallet", "ProtobufWire", "System"]),
  (
    "Services",
    [
      "ByteText", "Confinement", "Store", "RPC", "Lifecycle", "Journal", "GatehouseAPI", "Wallet", "ProtobufWire",
      "System",
    ]
  ),
  ("Client", ["RPC", "EventLoop", "GatehouseAPI", "ProtobufWire", "System"]),
  ("ProtoCompiler", []),
]

/// What a module's tests use beyond what the module itself imports.
let testExtras: [String: [Target.Dependency]] = [
  "Wallet": ["WalletSigner"],
  "Lifecycle": ["LifeProof"],
  "Store": ["WalletSigner", "LifeProof"],
  "Services": ["WalletSigner", "EventLoop"],
  "Client": ["WalletSigner"],
  "Journal": ["JournalProof"],
]

/// What lies beside a module's tests and is not compiled: vectors, which the tests read where they lie.
let testExcludes: [String: [String]] = [
  "Wallet": ["Vectors"]
]

let package = Package(
  name: "gatehouse",
  products: [
    .executable(name: "gatehouse", targets: ["gatehouse"]),
    .executable(name: "protogen", targets: ["protogen"]),
    // Beside the client the modules of what its interface is made of: codes of errors, the form of messages.
    .library(name: "GatehouseClient", targets: ["Client", "GatehouseAPI", "RPC", "ProtobufWire"]),
  ],
  dependencies: [],
  targets: [
    .target(name: "CLinux"),
    .target(name: "CKeccak"),
    .executableTarget(
      name: "gatehouse",
      dependencies: [
        "Services", "Store", "Journal", "EventLoop", "RPC", "Client", "GatehouseAPI", "ProtobufWire", "Lifecycle",
        "Wallet", "WalletSigner", "System", "ByteText",
      ],
      swiftSettings: settings
    ),
    .executableTarget(name: "protogen", dependencies: ["ProtoCompiler", "System"], swiftSettings: settings),
    .testTarget(name: "protogenTests", dependencies: ["protogen", "ProtoCompiler", "System"], swiftSettings: settings),
    .testTarget(name: "HouseTests", swiftSettings: settings),
    // What the differential test of the wire format talks to: test support, in no product.
    .executableTarget(
      name: "WireRoundtrip",
      dependencies: ["GatehouseAPI", "ProtobufWire"],
      path: "Tests/WireRoundtrip",
      exclude: ["proto"],
      swiftSettings: settings
    ),
    .testTarget(
      name: "WireRoundtripTests",
      dependencies: ["WireRoundtrip", "GatehouseAPI", "ProtobufWire"],
      exclude: ["differential.py", "corpus.bin"],
      swiftSettings: settings
    ),
    // What teams copy, built as theirs is, without our settings; and what the scenario suite of all clients tells to
    // call. In no product.
    .executableTarget(
      name: "client-onboard",
      dependencies: ["Client", "GatehouseAPI"],
      path: "clients/swift/examples/onboard"
    ),
    .executableTarget(
      name: "client-dashboard",
      dependencies: ["Client", "GatehouseAPI"],
      path: "clients/swift/examples/dashboard"
    ),
    .executableTarget(
      name: "client-runner",
      dependencies: ["Client", "GatehouseAPI", "RPC", "ProtobufWire"],
      path: "clients/swift/runner",
      swiftSettings: settings
    ),
    // A disk made of values, and searches for what the journal loses on it: for the journal's tests, and as a command.
    .executableTarget(
      name: "JournalProof",
      dependencies: ["Journal", "System"],
      path: "Tests/JournalProof",
      swiftSettings: settings
    ),
    // Random lives of customers, held against a reference: for the tests of the lifecycle and the store, and as a
    // command.
    .executableTarget(
      name: "LifeProof",
      dependencies: ["Lifecycle", "Store", "Journal", "Wallet", "System"],
      path: "Tests/LifeProof",
      swiftSettings: settings
    ),
    .testTarget(
      name: "gatehouseTests",
      dependencies: [
        "gatehouse", "Services", "Store", "Journal", "EventLoop", "RPC", "Client", "GatehouseAPI",
        "ProtobufWire", "Lifecycle", "Wallet", "WalletSigner", "System",
      ],
      swiftSettings: settings
    ),
  ]
    + modules.map { module in
      .target(name: module.name, dependencies: module.imports, swiftSettings: settings)
    }
    + modules.map { module in
      .testTarget(
        name: "\(module.name)Tests",
        dependencies: [.byName(name: module.name)] + module.imports + testExtras[module.name, default: []],
        exclude: testExcludes[module.name, default: []],
        swiftSettings: settings
      )
    },
  swiftLanguageModes: [.v6]
)
