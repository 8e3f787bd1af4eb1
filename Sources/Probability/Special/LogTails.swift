import Glibc

/// The logarithms of P(X ≤ x) and P(X > x), each accurate where it is small.
@frozen
public struct LogTails: Equatable, Sendable {
  /// log P(X ≤ x).
  public var lower: Double
  /// log P(X > x).
  public var upper: Double

  @inlinable
  public init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  /// From the logarithm of P(X ≤ x) alone.
  @usableFromInline
  init(lower: Double) {
    // Rounding may lead a little above the probability 1.
    let lower = min(lower, 0)
    self.init(lower: lower, upper: Special.logOneMinusExp(lower))
  }

  /// From the logarithm of P(X > x) alone.
  @usableFromInline
  init(upper: Double) {
    let upper = min(upper, 0)
    self.init(lower: Special.logOneMinusExp(upper), upper: upper)
  }

  @usableFromInline static let none = LogTails(lower: -.infinity, upper: 0)
  @usableFromInline static let all = LogTails(lower: 0, upper: -.infinity)
  @usableFromInline static let undefined = LogTails(lower: .nan, upper: .nan)

  /// Of −X at −x, or of 1 − X at 1 − x.
  var mirrored: LogTails { LogTails(lower: upper, upper: lower) }
}
