internal import GatehouseAPI

/// The customers that a load takes in, with ``CustomerNumber/mark`` where their digits belong.
enum SampleCustomer {
  private static let mark = String(decoding: CustomerNumber.mark, as: UTF8.self)
  /// Stands for a customer's id in a ``CallTemplate``.
  static let identifierMark = "iiiiiiii-iiii-iiii-iiii-iiiiiiiiiiii"
  private static let externalID = "load-\(mark)"

  /// A wallet that nobody has the key of: its address ends with the digits.
  static var creation: GatehouseV1.CreateCustomerRequest {
    creation(wallet: "eip155:1:0x" + String(repeating: "0", count: 24) + mark)
  }

  static func creation(wallet: String) -> GatehouseV1.CreateCustomerRequest {
    var request = GatehouseV1.CreateCustomerRequest()
    request.wallet = wallet
    request.externalId = externalID
    return request
  }

  static var lookUp: GatehouseV1.GetCustomerRequest {
    var request = GatehouseV1.GetCustomerRequest()
    request.externalId = externalID
    return request
  }
}
