internal import Testing

@testable import ProtoCompiler

@Suite struct NamingTests {
  @Test(arguments: [
    ("external_id", "externalId"), ("a", "a"), ("URL", "url"), ("URLPath", "urlPath"), ("a_1_b", "a1B"), ("__a", "a"),
    ("fooBar", "fooBar"), ("Foo", "foo"), ("go_away", "goAway"),
  ])
  func lowerCamelCase(name: String, expected: String) {
    #expect(Naming.lowerCamelCase(name) == expected)
  }

  @Test(arguments: [
    ("gatehouse.v1", "GatehouseV1"), ("grpc/health/v1/health", "GrpcHealthV1Health"), ("kind", "Kind"),
    ("error_details", "ErrorDetails"),
  ])
  func upperCamelCase(name: String, expected: String) {
    #expect(Naming.upperCamelCase(name) == expected)
  }

  @Test(arguments: [
    ("CustomerState", "CUSTOMER_STATE"), ("HTTPStatus", "HTTP_STATUS"), ("Kind", "KIND"), ("PendingOn", "PENDING_ON"),
    ("V1Kind", "V1_KIND"), ("snake_case", "SNAKE_CASE"),
  ])
  func constantCase(name: String, expected: String) {
    #expect(Naming.constantCase(name) == expected)
  }

  @Test(arguments: [("NOT_SERVING", "notServing"), ("mixedCase", "mixedCase"), ("A1", "a1"), ("OK", "ok")])
  func constants(name: String, expected: String) {
    #expect(Naming.lowerCamelCase(constant: name) == expected)
  }
}
