internal import System

StandardStream.ensureOpen()
let console = Console.standard()
let code = Program(root: .root, console: console).run(Array(CommandLine.arguments.dropFirst()))
CurrentProcess.exit(code.rawValue)
