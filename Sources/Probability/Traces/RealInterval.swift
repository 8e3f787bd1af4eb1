import Glibc

/// An interval of the real line, with a smooth map from all real numbers onto its inside.
///
/// The maps are those of the Stan reference manual, chapter "Constraint transforms": exp for half
/// lines, the logistic function for intervals.
@frozen
@usableFromInline
struct RealInterval: Sendable {
  @usableFromInline let lower: Double
  @usableFromInline let upper: Double

  /// Stands for what is not a real number with a density.
  @usableFromInline static let none = RealInterval(lower: .nan, upper: .nan)

  @inlinable
  init(lower: Double, upper: Double) {
    self.lower = lower
    self.upper = upper
  }

  @inlinable var isNone: Bool { lower.isNaN }

  /// The real number that stands for `x`; infinite at the ends.
  @usableFromInline
  func coordinate(_ x: Double) -> Double {
    switch (lower > -.infinity, upper < .infinity) {
    case (false, false): x
    case (true, false): log(x - lower)
    case (false, true): -log(upper - x)
    case (true, true): log(x - lower) - log(upper - x)
    }
  }

  /// The inverse of `coordinate`.
  @usableFromInline
  func value(_ u: Double) -> Double {
    switch (lower > -.infinity, upper < .infinity) {
    case (false, false): u
    case (true, false): lower + exp(u)
    case (false, true): upper - exp(-u)
    case (true, true): lower + (upper - lower) / (1 + exp(-u))
    }
  }

  /// The logarithm of the derivative of `value`.
  @usableFromInline
  func logDerivative(_ u: Double) -> Double {
    switch (lower > -.infinity, upper < .infinity) {
    case (false, false): 0
    case (true, false): u
    case (false, true): -u
    case (true, true): log(upper - lower) - abs(u) - 2 * log1p(exp(-abs(u)))
    }
  }
}
