internal import ProtoCompiler
internal import System

func fail(_ message: String, code: Int32) -> Never {
  StandardStream.error.write("protogen: \(message)\n")
  CurrentProcess.exit(code)
}

let arguments: Arguments
do throws(Arguments.Mistake) {
  arguments = try Arguments(Array(CommandLine.arguments.dropFirst()))
} catch {
  fail("\(error)\n\n\(Arguments.help)", code: 2)
}
if arguments.isHelp {
  StandardStream.output.write(Arguments.help)
  CurrentProcess.exit(0)
}

do {
  let generations = try Generation.all(
    proto: FileTree(root: arguments.proto),
    swift: arguments.swift.isEmpty ? nil : FileTree(root: arguments.swift),
    swiftClient: arguments.swiftClient.isEmpty ? nil : FileTree(root: arguments.swiftClient),
    clients: arguments.clients.isEmpty ? nil : FileTree(root: arguments.clients)
  )
  var isDifferent = false
  for generation in generations {
    let differences = try generation.differences()
    if !arguments.isCheck { try generation.write(differences) }
    for difference in differences {
      let what = arguments.isCheck ? "differs" : difference.text == nil ? "removed" : "wrote"
      StandardStream.output.write("\(what) \(generation.target.root)/\(difference.name)\n")
      isDifferent = true
    }
  }
  CurrentProcess.exit(arguments.isCheck && isDifferent ? 1 : 0)
} catch let error as ProtoError {
  fail("\(arguments.proto)/\(error)", code: 1)
} catch {
  fail("\(error)", code: 3)
}
