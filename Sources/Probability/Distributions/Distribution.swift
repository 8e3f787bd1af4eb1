import Glibc
public import Randomness

/// A probability distribution with known parameters: it scores values and draws them.
///
/// Scoring and drawing never trap. With flawed parameters every log-density is NaN, and what is
/// drawn means nothing (NaN where the value can hold it). Who takes a distribution from elsewhere
/// asks `flaw` once and reports it with the place.
public protocol Distribution<Value>: Sendable {
  associatedtype Value

  /// The log-density of `x`, or its log-probability if values are discrete; `-infinity` outside
  /// the support, NaN if the parameters are flawed.
  func logDensity(_ x: Value) -> Double

  /// A draw. How many words it takes from `stream` can vary.
  func sample(_ stream: inout RandomStream) -> Value

  /// The first parameter that is not what it must be; `nil` if all are.
  var flaw: DistributionFlaw? { get }

  /// Whether all parameters are what they must be: asked before each draw. By default, whether
  /// there is no `flaw`, which takes longer to say.
  var isSound: Bool { get }

  /// Whether all such distributions have their whole probability at one value: a draw is no choice,
  /// and methods that revisit choices compute it anew. By default not.
  static var isDeterministic: Bool { get }
}

extension Distribution {
  public var isSound: Bool { flaw == nil }

  @inlinable
  @inline(__always)
  public static var isDeterministic: Bool { false }
}

/// A distribution over real numbers with a density.
public protocol ContinuousDistribution: Distribution where Value == Double {
  /// The smallest closed interval with all the probability; its ends may be infinite.
  var support: ClosedRange<Double> { get }

  /// log P(X ≤ x).
  func logCDF(_ x: Double) -> Double

  /// log P(X > x), accurate where the probability is small.
  func logSurvival(_ x: Double) -> Double

  /// The number x with P(X ≤ x) = `probability`; NaN unless that is in `0...1`.
  ///
  /// The default finds it from `logCDF`, `logSurvival` and `logDensity`, to their accuracy.
  func quantile(_ probability: Double) -> Double

  /// The derivative of `logDensity` by x, one-sided at the ends of the support; NaN outside the
  /// support and where there is none.
  func logDensityGradient(_ x: Double) -> Double
}

/// A distribution over integers.
public protocol DiscreteDistribution: Distribution where Value == Int {
  /// The smallest interval with all the probability; `Int.max` stands for infinity.
  var support: ClosedRange<Int> { get }

  /// log P(X ≤ x).
  func logCDF(_ x: Int) -> Double

  /// log P(X > x), accurate where the probability is small.
  func logSurvival(_ x: Int) -> Double
}

extension ContinuousDistribution {
  public func quantile(_ probability: Double) -> Double {
    guard flaw == nil else { return .nan }
    return Special.solve(
      probability, in: support, lower: logCDF, upper: logSurvival, density: logDensity)
  }
}

extension DiscreteDistribution {
  /// The smallest x with P(X ≤ x) ≥ `probability`, up to rounding; `nil` unless that is in `0...1`
  /// and the parameters are sound.
  public func quantile(_ probability: Double) -> Int? {
    guard flaw == nil, probability >= 0, probability <= 1 else { return nil }
    let isLower = probability <= 0.5
    let target = isLower ? log(probability) : log1p(-probability)
    func reaches(_ x: Int) -> Bool { isLower ? logCDF(x) >= target : logSurvival(x) <= target }
    var low = support.lowerBound
    if reaches(low) { return low }
    if probability == 1 { return support.upperBound }
    // Steps that double find an x far enough.
    var high = low
    var step = 1
    repeat {
      low = high
      let (next, overflows) = low.addingReportingOverflow(step)
      high = overflows ? support.upperBound : Swift.min(next, support.upperBound)
      step = step > Int.max / 2 ? Int.max : step * 2
    } while high < support.upperBound && !reaches(high)
    while high - low > 1 {
      let middle = low + (high - low) / 2
      if reaches(middle) { high = middle } else { low = middle }
    }
    return high
  }
}

/// What is wrong with a parameter of a distribution.
public struct DistributionFlaw: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name of the distribution's type, like `Normal`.
  public let distribution: String
  /// The name of the parameter, like `variance`.
  public let parameter: String
  /// The parameter's value as text, like `-1.0`.
  public let value: String
  /// What it must be, like `positive and finite`.
  public let requirement: String

  public init(distribution: String, parameter: String, value: String, requirement: String) {
    self.distribution = distribution
    self.parameter = parameter
    self.value = value
    self.requirement = requirement
  }

  public var description: String {
    "\(distribution): the \(parameter) is \(value) but must be \(requirement)"
  }
}
