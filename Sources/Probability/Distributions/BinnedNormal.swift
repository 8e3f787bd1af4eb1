import Glibc
public import Randomness

/// Which interval between cuts a normal number falls into.
///
/// 0 is below the first cut, `cuts.count` above the last. It is what is observed of a number that
/// was rounded, censored at a limit, or put into one of several ordered classes; with the single
/// cut 0 it is the probit model.
@frozen
public struct BinnedNormal<Mean: Sendable, Variance: Sendable>: Sendable {
  public var mean: Mean
  /// Positive and finite.
  public var variance: Variance
  /// Increasing; not empty.
  public var cuts: [Double]

  @inlinable
  @_disfavoredOverload
  public init(_ mean: Mean, variance: Variance, cuts: [Double]) {
    self.mean = mean
    self.variance = variance
    self.cuts = cuts
  }
}

extension BinnedNormal where Mean == Double, Variance == Double {
  @inlinable
  public init(_ mean: Double, variance: Double, cuts: [Double]) {
    self.mean = mean
    self.variance = variance
    self.cuts = cuts
  }
}

extension BinnedNormal {
  var hasSoundCuts: Bool {
    !cuts.isEmpty && zip(cuts, cuts.dropFirst()).allSatisfy { $0 < $1 }
      && cuts.allSatisfy { !$0.isNaN }
  }

  /// The interval of a class; nil if there is no such class.
  func interval(_ x: Int) -> ClosedRange<Double>? {
    guard x >= 0 && x <= cuts.count && hasSoundCuts else { return nil }
    return (x == 0 ? -.infinity : cuts[x - 1])...(x == cuts.count ? .infinity : cuts[x])
  }
}

extension BinnedNormal: Distribution where Mean == Double, Variance == Double {
  private var normal: Normal<Double, Double> { Normal(mean, variance: variance) }

  public var isSound: Bool { normal.isSound && hasSoundCuts }

  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    guard let interval = interval(x) else { return -.infinity }
    let deviation = variance.squareRoot()
    return Special.logNormalProbability(
      from: (interval.lowerBound - mean) / deviation, to: (interval.upperBound - mean) / deviation)
  }

  public func sample(_ stream: inout RandomStream) -> Int {
    guard isSound else { return 0 }
    let number = normal.sample(&stream)
    return cuts.firstIndex { number < $0 } ?? cuts.count
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "BinnedNormal", .finite("mean", mean), .positive("variance", variance),
      Requirement("cuts", cuts, "increasing and not empty", hasSoundCuts))
  }
}

extension BinnedNormal: DiscreteDistribution where Mean == Double, Variance == Double {
  public var support: ClosedRange<Int> { 0...cuts.count }

  public func logCDF(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 { return -.infinity }
    return x >= cuts.count ? 0 : normal.logCDF(cuts[x])
  }

  public func logSurvival(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 { return 0 }
    return x >= cuts.count ? -.infinity : normal.logSurvival(cuts[x])
  }
}
