// Does what the scenario suite says, with the Swift client: commands come as lines of JSON, answers go out likewise.
// clients/tests/README.md says what the commands are.

internal import Foundation

let runner = Runner()
while let line = readLine() {
  runner.execute(try JSONDecoder().decode(Command.self, from: Data(line.utf8)))
}
runner.close()
