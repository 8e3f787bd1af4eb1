import Glibc

/// Measures of how well Markov chains have converged, from the numbers that they drew.
///
/// Chains must have equal lengths, of at least 4 draws; a result is NaN if a number is not finite
/// or all are equal.
///
/// Source: Vehtari, Gelman, Simpson, Carpenter, Bürkner, "Rank-normalization, folding, and
/// localization: an improved R̂ for assessing convergence of MCMC" (Bayesian Analysis 2021).
public enum Convergence {
  /// Rank-normalized split R̂: the larger of that of the numbers and that of their distances to
  /// the median (section 4).
  public static func rHat(_ chains: [[Double]]) -> Double {
    guard let halves = halves(chains) else { return .nan }
    let median = quantile(0.5, ofSorted: halves.flatMap { $0 }.sorted())
    let folded = halves.map { $0.map { abs($0 - median) } }
    return max(ratio(normalScores(halves)), ratio(normalScores(folded)))
  }

  /// The effective sample size of the rank-normalized numbers: for the bulk of the distribution.
  public static func bulkESS(_ chains: [[Double]]) -> Double {
    guard let halves = halves(chains) else { return .nan }
    return size(normalScores(halves))
  }

  /// The smaller effective sample size of the 5 % and 95 % quantiles.
  public static func tailESS(_ chains: [[Double]]) -> Double {
    guard let halves = halves(chains) else { return .nan }
    let sorted = chains.flatMap { $0 }.sorted()
    let sizes = [0.05, 0.95].map { probability in
      let bound = quantile(probability, ofSorted: sorted)
      return size(halves.map { $0.map { $0 <= bound ? 1 : 0 } })
    }
    // A quantile can be the end of the range, beyond which there is nothing to count.
    return sizes.filter { !$0.isNaN }.min() ?? .nan
  }

  /// The effective sample size for the mean, of split chains.
  public static func effectiveSampleSize(_ chains: [[Double]]) -> Double {
    guard let halves = halves(chains) else { return .nan }
    return size(halves)
  }

  static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  static func variance(_ values: [Double]) -> Double {
    let center = mean(values)
    return values.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(values.count - 1)
  }

  /// By linear interpolation between order statistics (R's type 7).
  static func quantile(_ probability: Double, ofSorted values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let position = probability * Double(values.count - 1)
    let index = min(Int(position), values.count - 1)
    let next = min(index + 1, values.count - 1)
    return values[index] + (position - Double(index)) * (values[next] - values[index])
  }

  /// Each chain in two; without the middle draw if their number is odd.
  private static func halves(_ chains: [[Double]]) -> [[Double]]? {
    guard let count = chains.first?.count else { return nil }
    require(
      chains.allSatisfy { $0.count == count }, "chains of lengths \(chains.map(\.count))")
    guard count >= 4, chains.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return nil }
    return chains.flatMap { [Array($0[..<(count / 2)]), Array($0[(count - count / 2)...])] }
  }

  /// The normal quantiles of the ranks among all; ties get their mean rank.
  private static func normalScores(_ chains: [[Double]]) -> [[Double]] {
    let all = chains.flatMap { $0 }
    let order = all.indices.sorted { (all[$0], $0) < (all[$1], $1) }
    var scores = [Double](repeating: 0, count: all.count)
    var start = 0
    while start < order.count {
      var end = start + 1
      while end < order.count && all[order[end]] == all[order[start]] { end += 1 }
      let rank = Double(start + 1 + end) / 2
      let score = Special.normalQuantile((rank - 0.375) / (Double(all.count) + 0.25))
      for position in start..<end { scores[order[position]] = score }
      start = end
    }
    var first = 0
    return chains.map { chain in
      defer { first += chain.count }
      return Array(scores[first..<(first + chain.count)])
    }
  }

  /// √(pooled variance / variance within chains).
  private static func ratio(_ chains: [[Double]]) -> Double {
    let count = Double(chains[0].count)
    let within = mean(chains.map(variance))
    let between = chains.count > 1 ? variance(chains.map(mean)) : 0
    return ((count - 1) / count + between / within).squareRoot()
  }

  /// The effective sample size, from autocorrelations up to Geyer's initial monotone sequence.
  private static func size(_ chains: [[Double]]) -> Double {
    let count = chains[0].count
    let total = Double(count * chains.count)
    let centered = chains.map { chain in
      let center = mean(chain)
      return chain.map { $0 - center }
    }
    func autocovariance(_ lag: Int) -> Double {
      var sum = 0.0
      for chain in centered {
        for index in 0..<(count - lag) { sum += chain[index] * chain[index + lag] }
      }
      return sum / total
    }
    let within = autocovariance(0) * Double(count) / Double(count - 1)
    var pooled = within * Double(count - 1) / Double(count)
    if chains.count > 1 { pooled += variance(chains.map(mean)) }
    guard pooled > 0 else { return .nan }
    func correlation(_ lag: Int) -> Double { 1 - (within - autocovariance(lag)) / pooled }

    // Sums of pairs of neighbors are positive and decrease; noise is cut off where they do not.
    var sum = 0.0
    var (even, odd) = (1.0, correlation(1))
    var smallest = Double.infinity
    var lag = 1
    while lag < count - 3 && even + odd > 0 {
      smallest = min(smallest, even + odd)
      sum += smallest
      (even, odd) = (correlation(lag + 1), correlation(lag + 2))
      lag += 2
    }
    // Of the pair that ended it, the first autocorrelation still counts if positive.
    let rest = max(even, 0)
    let time = max(-1 + 2 * sum + rest, 1 / log10(total))
    return total / time
  }
}
