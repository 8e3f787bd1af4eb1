/// The posterior of a number, and how well the draws know it.
public struct PosteriorSummary: Sendable, Equatable {
  /// The 5 %, 50 % and 95 % quantiles.
  public struct Quantiles: Sendable, Equatable {
    public var low: Double
    public var median: Double
    public var high: Double
  }

  public var mean: Double
  /// The standard deviation.
  public var deviation: Double
  public var quantiles: Quantiles
  /// The standard error of the mean. With weights, as if draws were independent: too small after
  /// much resampling. 0 if the posterior was enumerated.
  public var standardError: Double
  /// Rank-normalized split R̂: near 1 once the chains agree; above 1.01 they do not yet. NaN, as
  /// the next two, if there are no chains, or fewer than 4 draws of each.
  public var rHat: Double
  /// Effective draws for the bulk of the distribution; below 100 for each chain, do not trust it.
  public var bulkESS: Double
  /// Effective draws for the 5 % and 95 % quantiles.
  public var tailESS: Double

  /// The summary of chains of equal length.
  public init(chains: [[Double]]) {
    let all = chains.flatMap { $0 }
    let sorted = all.sorted()
    mean = Convergence.mean(all)
    deviation = Convergence.variance(all).squareRoot()
    quantiles = Quantiles(
      low: Convergence.quantile(0.05, ofSorted: sorted),
      median: Convergence.quantile(0.5, ofSorted: sorted),
      high: Convergence.quantile(0.95, ofSorted: sorted))
    standardError = deviation / Convergence.effectiveSampleSize(chains).squareRoot()
    rHat = Convergence.rHat(chains)
    bulkESS = Convergence.bulkESS(chains)
    tailESS = Convergence.tailESS(chains)
  }

  /// The summary of weighted numbers; the weights sum to 1, or are all 0 and nothing is known.
  init(_ numbers: [(value: Double, weight: Double)], isExact: Bool) {
    (rHat, bulkESS, tailESS) = (.nan, .nan, .nan)
    (mean, deviation, standardError) = (.nan, .nan, .nan)
    quantiles = Quantiles(low: .nan, median: .nan, high: .nan)
    let present = numbers.filter { $0.weight > 0 }.sorted { $0.value < $1.value }
    guard !present.isEmpty else { return }
    var center = 0.0
    for entry in numbers where entry.weight > 0 { center += entry.weight * entry.value }
    mean = center
    deviation = present.reduce(0) { sum, entry in
      sum + entry.weight * (entry.value - center) * (entry.value - center)
    }.squareRoot()
    standardError =
      isExact
      ? 0
      : present.reduce(0) { sum, entry in
        let share = entry.weight * (entry.value - center)
        return sum + share * share
      }.squareRoot()
    quantiles = Quantiles(
      low: Self.quantile(0.05, present), median: Self.quantile(0.5, present),
      high: Self.quantile(0.95, present))
  }

  /// The least value that has at least this share of the weight up to it.
  private static func quantile(
    _ probability: Double, _ sorted: [(value: Double, weight: Double)]
  ) -> Double {
    var sum = 0.0
    for (value, weight) in sorted {
      sum += weight
      // Rounding must not move a quantile past a value that has exactly this share.
      if sum >= probability * (1 - 1e-12) { return value }
    }
    return sorted[sorted.count - 1].value
  }
}

extension Posterior {
  /// The mean, spread and quantiles of a number computed from each draw, and, where there are
  /// chains, whether to believe them.
  public func summary(of number: (Value) -> Double) -> PosteriorSummary {
    if !chains.isEmpty {
      return PosteriorSummary(
        chains: chains.map { chain in particles[chain.draws].map { number($0.value) } })
    }
    let numbers = particles.map { particle in
      particle.logWeight == -.infinity
        ? (value: 0.0, weight: 0.0)
        : (value: number(particle.value), weight: particle.weight)
    }
    // What was enumerated has no sampling, and so no sample sizes.
    return PosteriorSummary(numbers, isExact: effectiveSampleSizes.isEmpty)
  }
}
