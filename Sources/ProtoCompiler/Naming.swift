/// How names are told apart and turned from one convention into another, for all languages alike.
enum Naming {
  /// "external_id" to "externalId".
  static func lowerCamelCase(_ name: String) -> String {
    let camel = upperCamelCase(name)
    // A leading run of capitals is one word: "URL" is "url", "URLPath" is "urlPath".
    let capitals = camel.prefix { $0.isUppercase }.count
    if capitals == camel.count { return camel.lowercased() }
    let head = max(capitals - 1, min(capitals, 1))
    return camel.prefix(head).lowercased() + camel.dropFirst(head)
  }

  /// "external_id" to "ExternalId", "gatehouse.v1" to "GatehouseV1".
  static func upperCamelCase(_ name: String) -> String {
    name.split { $0 == "_" || $0 == "." || $0 == "/" || $0 == "-" }
      .map { $0.prefix(1).uppercased() + $0.dropFirst() }
      .joined()
  }

  /// "NOT_SERVING" to "notServing".
  static func lowerCamelCase(constant name: String) -> String {
    lowerCamelCase(name.contains { $0.isLowercase } ? name : name.lowercased())
  }

  /// "CustomerState" to "CUSTOMER_STATE".
  static func constantCase(_ name: String) -> String {
    var result = ""
    var previous: Character = "_"
    let characters = Array(name)
    for (index, character) in characters.enumerated() {
      let endsAcronym = index + 1 < characters.count && characters[index + 1].isLowercase
      if character.isUppercase, previous != "_", !previous.isUppercase || endsAcronym { result += "_" }
      result += character.uppercased()
      previous = character
    }
    return result
  }

  /// What all values of an enum begin with because the type is called so; empty when a value does not, or would not be
  /// a name without it.
  static func valuePrefix(of type: String, values: [String]) -> String {
    let prefix = constantCase(type) + "_"
    let isShared = values.allSatisfy { value in
      value.hasPrefix(prefix) && value.dropFirst(prefix.count).first.map { $0.isLetter } == true
    }
    return isShared ? prefix : ""
  }
}
