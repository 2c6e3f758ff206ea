internal import System

// Random lives of customers, held against a reference: `LifeCommand` has the command line.
CurrentProcess.exitAtOnce(LifeCommand.run(Array(CommandLine.arguments.dropFirst())) ? 0 : 1)
