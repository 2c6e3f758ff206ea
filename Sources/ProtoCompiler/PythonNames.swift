/// What the names of a schema are in Python.
enum PythonNames {
  private static let keywords: Set<String> = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
  ]
  /// What every message has already, and names that the generated code uses itself.
  private static let taken: Set<String> = ["self", "encode", "decode", "fields", "full_name"]
  /// What the generated methods take besides the fields of the request.
  private static let options: Set<String> = ["timeout", "credit", "request"]
  private static let takenMembers: Set<String> = ["name", "value", "mro"]

  /// "gatehouse.v1" to "gatehouse_v1".
  static func module(_ package: String) -> String {
    package.split(separator: ".").joined(separator: "_")
  }

  /// "from" to "from_".
  static func attribute(_ name: String) -> String {
    keywords.contains(name) || taken.contains(name) ? name + "_" : name
  }

  /// The field as an argument of a method.
  static func argument(_ name: String) -> String {
    options.contains(name) ? name + "_" : attribute(name)
  }

  static func member(_ name: String) -> String {
    keywords.contains(name) || takenMembers.contains(name) ? name + "_" : name
  }

  /// "CreateCustomer" to "create_customer".
  static func method(_ name: String) -> String {
    attribute(Naming.constantCase(name).lowercased())
  }
}
