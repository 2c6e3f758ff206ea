internal import Foundation
internal import Testing

@testable import ProtoCompiler

@Suite struct ClientEmittersTests {
  private func committedProto() throws -> [String: String] {
    try ProtoFolder.files(in: "proto", endingWith: ".proto")
  }

  /// The committed sources are those that the committed proto files ask for, no more and no less.
  @Test func committedClientsAreUpToDate() throws {
    let clients = try ClientEmitters.clients(of: try compile(try committedProto()))
    #expect(
      clients.map(\.folder) == [
        "python/gatehouse/generated", "typescript/generated", "go", "java/generated/gatehouse", "rust",
      ])
    for client in clients {
      var committed: [String: String] = [:]
      for suffix in client.suffixes {
        let files = try ProtoFolder.files(in: "clients/" + client.folder, endingWith: suffix)
        committed.merge(files.filter { $0.value.hasPrefix(client.mark) }) { one, _ in one }
      }
      #expect(client.files.map(\.name) == committed.keys.sorted())
      for file in client.files {
        #expect(committed[file.name] == file.text, "run protogen: \(client.folder)/\(file.name) differs")
      }
    }
  }

  @Test func clientsDoWithoutTheJournal() throws {
    for client in try ClientEmitters.clients(of: try compile(try committedProto())) {
      #expect(!client.files.contains { $0.text.lowercased().contains("journal.v1") || $0.name.contains("journal") })
    }
  }

  /// A field and a method that are new in the proto files reach every language without anything written by hand.
  @Test func aNewFieldAndMethodReachEveryClient() throws {
    var files = try committedProto()
    files["gatehouse/v1/customer.proto"] = try #require(files["gatehouse/v1/customer.proto"])
      .replacingFirst("message Customer {", "message Customer {\n  // What friends say.\n  string nick_name = 99;")
    files["gatehouse/v1/customer_service.proto"] = try #require(files["gatehouse/v1/customer_service.proto"])
      .replacingFirst(
        "service CustomerService {",
        "service CustomerService {\n  rpc RenameCustomer(GetCustomerRequest) returns (GetCustomerResponse);")
    let clients = try ClientEmitters.clients(of: try compile(files))
    var names = [("nick_name", "rename_customer"), ("nickName", "renameCustomer"), ("NickName", "RenameCustomer")]
    names += [("nickName", "renameCustomer"), ("nick_name", "rename_customer")]
    #expect(clients.count == names.count)
    for (client, name) in zip(clients, names) {
      let text = client.files.map(\.text).joined()
      for each in [name.0, name.1, "What friends say.", "gatehouse.v1.CustomerService/RenameCustomer"] {
        #expect(text.contains(each), "\(client.folder): \(each)")
      }
    }
  }

  @Test func typesOfOneNameAreRefused() {
    let location = SourceLocation(file: "a.proto", line: 1, column: 1)
    #expect(throws: ProtoError(location, "'p.A.B' and 'p.AB' have one name in the clients: AB")) {
      try ClientEmitters.clients(of: try compile("message AB {} message A { message B {} }"))
    }
  }

  /// What a method says of a second call decides whether clients make it again.
  @Test func idempotencyLevels() throws {
    func level(_ option: String) throws -> Schema.Idempotency? {
      try compile("message M {} service S { rpc R(M) returns (M) { \(option) } }").files[0].services[0].methods[0]
        .idempotency
    }
    #expect(try level("") == .unknown)
    #expect(try level("option idempotency_level = NO_SIDE_EFFECTS;") == .noSideEffects)
    #expect(try level("option deprecated = true; option idempotency_level = IDEMPOTENT;") == .idempotent)
    #expect(throws: ProtoError.self) { try level("option idempotency_level = SOMETIMES;") }
  }
}

extension String {
  fileprivate func replacingFirst(_ text: String, _ replacement: String) -> String {
    guard let range = range(of: text) else { return self }
    return replacingCharacters(in: range, with: replacement)
  }
}
