/// A scalar below 2^128 in magnitude.
struct HalfScalar: Equatable {
  var magnitude: UInt128
  var isNegative: Bool
}
