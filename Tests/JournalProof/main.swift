internal import System

// Searches for what the journal loses, on a disk made of values: `ProofCommand` has the commands.
CurrentProcess.exitAtOnce(ProofCommand.run(Array(CommandLine.arguments.dropFirst())) ? 0 : 1)
