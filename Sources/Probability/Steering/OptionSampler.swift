import Glibc
import Randomness

/// How the next option of a history is chosen under a potential.
public enum OptionSampler: Sendable, Hashable {
  /// By the model; the potential weighs what was chosen. One look at the potential.
  case model
  /// By the model times the potential, which is asked about every option of positive weight. The
  /// history's weight is multiplied by the sum over the options.
  case masked
  /// By the model among the options that are not excluded: options are drawn until one is not, each
  /// that is excluded is not drawn again, and `checks` (1 to 10) further looks at the potential
  /// estimate, without bias, how much of the model's probability is not excluded.
  ///
  /// For potentials that are expensive to ask and seldom exclude what the model likes. Where the
  /// checks reach all options there is no error.
  ///
  /// Source: rejection without replacement with a weight estimate is the idea of Lipkin et al.,
  /// "Fast controlled generation from language models with adaptive weighted rejection sampling"
  /// (COLM 2025); the estimate here is that of Murthy, "Ordered and unordered estimators in
  /// sampling without replacement" (Sankhyā 1957), which is never zero.
  case rejection(checks: Int)
}

extension OptionSampler {
  /// An option that is not excluded, and the factor of the history's weight; nil if there is none.
  ///
  /// Properly weighted: the expectation of exp(`logWeight`)·f(`option`) is
  /// Σ p(option)·exp(potential(option))·f(option).
  ///
  /// - Parameters:
  ///   - probabilities: Of the options under the model; they sum to 1.
  ///   - potential: The log-potential after an option, relative to that before it.
  func choose(
    _ probabilities: [Double], _ potential: (Int) -> Double, _ stream: inout RandomStream
  ) -> (option: Int, logWeight: Double)? {
    switch self {
    case .model:
      let option = stream.categorical(probabilities)
      let logWeight = potential(option)
      return logWeight > -.infinity ? (option, logWeight) : nil
    case .masked:
      let logWeights = probabilities.indices.map {
        probabilities[$0] > 0 ? log(probabilities[$0]) + potential($0) : -.infinity
      }
      let total = LogWeight.sum(logWeights)
      guard total > -.infinity else { return nil }
      return (stream.categorical(logWeights.map { LogWeight.share($0, of: total) }), total)
    case .rejection(let checks):
      var urn = Urn(probabilities)
      var accepted: (option: Int, logWeight: Double)?
      while accepted == nil, let option = urn.draw(&stream) {
        let logWeight = potential(option)
        if logWeight > -.infinity { accepted = (option, logWeight) }
      }
      guard let accepted else { return nil }
      let rest = urn.mass
      let drawn = (0..<checks).compactMap { _ in urn.draw(&stream) }
      let shares = drawn.map { probabilities[$0] / rest }
      // Where all options were looked at, each counts for itself.
      let factors = urn.mass > 0 ? OptionSampler.expansionFactors(shares) : shares
      var allowed = probabilities[accepted.option]
      for (option, factor) in zip(drawn, factors) where potential(option) > -.infinity {
        allowed += rest * factor
      }
      return (accepted.option, accepted.logWeight + log(allowed))
    }
  }

  /// What each of some options counts for in an unbiased estimate of a sum of probabilities, where
  /// these options were drawn without replacement in proportion to `shares`.
  ///
  /// Murthy's estimator: the share times P(these options, that one first) / P(these options).
  ///
  /// - Complexity: O(n 2ⁿ).
  static func expansionFactors(_ shares: [Double]) -> [Double] {
    let count = shares.count
    // completions[set]: the probability that the draws after those of `set` are the others.
    var completions = [Double](repeating: 1, count: 1 << count)
    for set in (0..<completions.count - 1).reversed() {
      var taken = 0.0
      for option in 0..<count where set >> option & 1 == 1 { taken += shares[option] }
      var total = 0.0
      for option in 0..<count where set >> option & 1 == 0 {
        total += shares[option] / (1 - taken) * completions[set | 1 << option]
      }
      completions[set] = total
    }
    return shares.indices.map { shares[$0] * completions[1 << $0] / completions[0] }
  }
}

/// Options that are drawn without replacement, in proportion to their probabilities.
private struct Urn {
  private var weights: [Double]
  /// The probability of those left.
  private(set) var mass: Double

  init(_ probabilities: [Double]) {
    weights = probabilities
    mass = probabilities.reduce(0, +)
  }

  mutating func draw(_ stream: inout RandomStream) -> Int? {
    guard mass > 0 else { return nil }
    let option = stream.categorical(weights)
    weights[option] = 0
    // Added up anew: differences would leave a sliver where nothing is left.
    mass = weights.reduce(0, +)
    return option
  }
}
