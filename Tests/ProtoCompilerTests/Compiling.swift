@testable import ProtoCompiler

/// What a file says behind its first line.
func proto3(_ text: String) -> String {
  "syntax = \"proto3\";\n" + text
}

/// Compiles files given by their paths.
func compile(_ files: [String: String]) throws(ProtoError) -> Schema {
  try Schema.compile(files.keys.sorted()) { files[$0].map { Array($0.utf8) } }
}

/// Compiles one file, whose package is `p`, behind its first two lines.
func compile(_ text: String) throws(ProtoError) -> Schema {
  try compile(["a.proto": proto3("package p;\n" + text)])
}
