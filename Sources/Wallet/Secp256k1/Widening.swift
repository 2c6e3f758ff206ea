// Words and double words. The standard library's generic conversions between them are as good where they are
// specialised, but cost a hundred times more in a debug build, where tests then take minutes; these initializers are
// transparent.

/// A word as a double word.
@inline(__always)
func wide(_ word: UInt64) -> UInt128 { UInt128(_low: word, _high: 0) }

/// The whole product of two words.
@inline(__always)
func wide(_ a: UInt64, _ b: UInt64) -> UInt128 {
  let product = a.multipliedFullWidth(by: b)
  return UInt128(_low: product.low, _high: product.high)
}

/// The lower word.
@inline(__always)
func low(_ value: UInt128) -> UInt64 { value._low }
