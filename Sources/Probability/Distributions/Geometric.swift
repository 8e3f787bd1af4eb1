public import Glibc
public import Randomness

/// The number of failures before the first success in independent trials.
@frozen
public struct Geometric<P: Sendable>: Sendable {
  /// The probability of a success, in `0...1` but not 0.
  public var probability: P

  @inlinable
  @_disfavoredOverload
  public init(_ probability: P) {
    self.probability = probability
  }
}

extension Geometric: Distribution where P == Double {
  @inlinable
  public var isSound: Bool { probability > 0 && probability <= 1 }

  @inlinable
  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 { return -.infinity }
    // 0 · log 0 must be 0.
    return log(probability) + (x == 0 ? 0 : Double(x) * log1p(-probability))
  }

  @inlinable
  public func sample(_ stream: inout RandomStream) -> Int {
    guard isSound, probability < 1 else { return 0 }
    return Int(saturating: log(stream.openUniform()) / log1p(-probability))
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Geometric", .positiveProbability("probability", probability))
  }
}

extension Geometric: DiscreteDistribution where P == Double {
  public var support: ClosedRange<Int> { 0...Int.max }

  public func logCDF(_ x: Int) -> Double { Special.logOneMinusExp(logSurvival(x)) }

  public func logSurvival(_ x: Int) -> Double {
    guard isSound else { return .nan }
    return x < 0 ? 0 : (Double(x) + 1) * log1p(-probability)
  }
}
