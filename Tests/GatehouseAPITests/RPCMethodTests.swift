internal import Testing

@testable import GatehouseAPI

@Suite struct RPCMethodTests {
  private func method(_ path: String) -> RPCMethod? {
    Array(path.utf8).withUnsafeBytes { RPCMethod(path: $0) }
  }

  @Test(arguments: RPCMethod.allCases)
  func aPathNamesItsMethod(_ method: RPCMethod) {
    #expect(self.method(method.path) == method)
    #expect(method.path == method.service + "/" + method.name)
  }

  @Test(arguments: RPCMethod.allCases)
  func nothingButThePathNamesIt(_ method: RPCMethod) {
    let path = Array(method.path.utf8)
    for index in path.indices {
      var other = path
      other[index] ^= 0x20
      #expect(other.withUnsafeBytes { RPCMethod(path: $0) } == nil)
      #expect(path[..<index].withUnsafeBytes { RPCMethod(path: $0) } != method)
    }
    #expect(self.method(method.path + "x") == nil)
  }

  @Test func streams() {
    let streaming = RPCMethod.allCases.filter(\.isServerStreaming)
    #expect(streaming == [.adminServiceBackup, .customerServiceWatch, .customerServiceWatchStats, .healthWatch])
  }
}
