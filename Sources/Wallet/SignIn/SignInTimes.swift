internal import ByteText

/// When a challenge was issued and until when it is accepted, with the lines of its message that say so: those who are
/// taken in within a second have the same ones, so they are written once and copied.
public struct SignInTimes: Sendable {
  /// Unix microseconds.
  public let issuedAt: Int64
  private var text = InlineArray<96, UInt8>(repeating: 0)
  private var length = 0

  /// Two times in Unix microseconds.
  public init(issuedAt: Int64, expirationTime: Int64) {
    self.issuedAt = issuedAt
    length = withUnsafeMutableBytes(of: &text) { room in
      var output = OutputRawSpan(buffer: room, initializedCount: 0)
      output.append(SignInText.issuedAt)
      CivilTime(unixMicroseconds: issuedAt).appendText(to: &output)
      output.append(SignInText.lineFeed)
      output.append(SignInText.expirationTime)
      CivilTime(unixMicroseconds: expirationTime).appendText(to: &output)
      return output.finalize(for: room)
    }
  }

  /// The longest text: two lines, without the last one's end.
  static let maximumTextLength =
    1 + SignInText.issuedAt.utf8CodeUnitCount + SignInText.expirationTime.utf8CodeUnitCount
    + 2 * CivilTime.maximumTextLength

  /// Appends both lines, without the last one's end.
  func appendText(to output: inout OutputRawSpan) {
    withUnsafeBytes(of: text) { output.append(bytes: UnsafeRawBufferPointer(rebasing: $0[..<length])) }
  }
}
