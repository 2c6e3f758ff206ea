internal import Testing

/// What `Package.swift` says, held against the table of `ImportTests`.
struct ManifestTests {
  @Test func thereIsNoPackageDependency() throws {
    let manifest = try Checkout.text("Package.swift")
    #expect(!manifest.contains(".package("))
    #expect(!manifest.contains(".product("))
    #expect(manifest.contains("dependencies: [],"))
  }

  /// Each `("Name", ["A", "B"])` row of the manifest's list of modules, on one line or several, is the table's.
  @Test func theModulesDependOnWhatTheyMayImport() throws {
    let manifest = SourceFile(path: "Package.swift", text: try Checkout.text("Package.swift"))
    var seen: Set<String> = []
    let list = manifest.code.drop { !$0.hasPrefix("let modules:") }.dropFirst().prefix { $0 != "]" }
    for row in list.joined().split(separator: "(") where row.contains("\"") {
      var words = row.split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter {
        $0.offset % 2 == 1
      }.map { String($0.element) }
      let name = words.removeFirst()
      seen.insert(name)
      #expect(Set(words) == ImportTests.allowed[name], "\(name)")
    }
    #expect(seen == Set(ImportTests.allowed.keys).subtracting(["gatehouse", "protogen"]))
  }

  /// The strict settings stand, for every Swift target.
  @Test func theSettingsAreStrict() throws {
    let manifest = try Checkout.text("Package.swift")
    for feature in ["InternalImportsByDefault", "MemberImportVisibility", "ExistentialAny"] {
      #expect(manifest.contains(".enableUpcomingFeature(\"\(feature)\")"))
    }
    #expect(manifest.contains("swiftLanguageModes: [.v6]"))
    #expect(!manifest.contains("unsafeFlags"))
  }

  /// The design names what the top level holds.
  @Test func theTopLevelHoldsNothingElse() throws {
    let allowed: Set = ["Package.swift", "Sources", "Tests", "proto", "clients", "README.md"]
    // What a build or a run makes and `.gitignore` names.
    let made: Set = ["Package.resolved", "gatehouse-data"]
    for name in try Checkout.names(in: "") where !name.hasPrefix(".") {
      #expect(allowed.contains(name) || made.contains(name), "\(name)")
    }
  }
}
