internal import System

let root = Subcommand(name: "gatehouse", summary: "owns the life of a customer")
StandardStream.output.write(HelpText.render([root]))
