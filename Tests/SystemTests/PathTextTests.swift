internal import Testing

@testable import System

@Suite struct PathTextTests {
  @Test func parentsAreRead() {
    let parents = ["a": ".", "a/": ".", "/a": "/", "/": "/", "a/b": "a", "/a/b//": "/a", "./a": "."]
    for (path, parent) in parents { #expect(PathText.parent(of: path) == parent, "\(path)") }
  }

  @Test func slashesAtTheEndGo() {
    let trimmed = ["a": "a", "a//": "a", "/": "/", "//": "/", "a/b/": "a/b"]
    for (path, expected) in trimmed { #expect(PathText.trimmed(path) == expected, "\(path)") }
  }
}
