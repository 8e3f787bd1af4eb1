import Glibc
import Probability
public import Proving
import Randomness
import Search

/// Which arrows the proofs so far used, as a prior of the policy that knows little yet.
///
/// The arrow of a step (an introduction, or a premise forward or backward; hypotheses count as one
/// premise) is categorical with probabilities that have a Dirichlet prior and stay unsampled: the
/// next one is `arrow` with probability (uses of `arrow` + ½) / (all uses + (arrows + 1) / 2),
/// where arrows that no proof could use so far share the last ½. Options of one arrow share its
/// probability. What the search sees is a mixture of this, restricted to the options, and the
/// network, whose share grows with the number of choices that it has learned from.
public struct PremisePrior: Sendable {
  /// The share of the prior in the mixture; the rest is the network's.
  public let share: Double

  /// The arrows in a fixed order, with their probabilities; one more is for all others.
  private let arrows: [Arrow: Int]
  private let probabilities: [Double]
  private let vocabulary: Vocabulary

  /// Choices after which prior and network have equal shares.
  static let patience = 1000.0

  /// The prior after some iterations; before the first all options are alike.
  public init(_ buffer: [ExampleSet], vocabulary: Vocabulary) {
    var arrows: [Arrow: Int] = [:]
    var uses: [Int] = []
    var choices = 0
    for case (let options, let chosen?) in buffer.lazy.flatMap(\.proofs).map({
      ($0.options, $0.chosen)
    }) {
      choices += 1
      for (index, option) in options.enumerated() {
        guard let arrow = Arrow(of: option, vocabulary) else { continue }
        let number = arrows[arrow, default: uses.count]
        if number == uses.count {
          arrows[arrow] = number
          uses.append(0)
        }
        if index == chosen { uses[number] += 1 }
      }
    }
    self.arrows = arrows
    self.vocabulary = vocabulary
    share = PremisePrior.patience / (PremisePrior.patience + Double(choices))
    do {
      let posterior = try ImportanceSampler(particles: 1)
        .run(Program(uses: uses + [0]), key: RandomKey(seed: 0))
      probabilities = (0...uses.count).map { arrow in
        posterior.marginalMean { $0[arrow] }
      }
    } catch {
      preconditionFailure("counts have a probability, but: \(error)")
    }
  }

  /// The log-weights that a search is to use instead of the network's.
  func mix(_ logWeights: [Float], for query: ProofQuery) -> [Float] {
    guard query.options.count > 1, Arrow(of: query.options[0], vocabulary) != nil else {
      return logWeights
    }
    let numbers = query.options.map { option in
      Arrow(of: option, vocabulary).flatMap { arrows[$0] } ?? probabilities.count - 1
    }
    var counts = [Int](repeating: 0, count: probabilities.count)
    for number in numbers { counts[number] += 1 }
    let priors = numbers.map { probabilities[$0] / Double(counts[$0]) }
    let total = priors.reduce(0, +)
    let normalizer = LogWeight.sum(logWeights)
    return zip(logWeights, priors).map { logWeight, prior in
      Float(log((1 - share) * exp(Double(logWeight) - normalizer) + share * prior / total))
    }
  }

  /// What a step may go along.
  private struct Arrow: Hashable {
    let kind: Int32
    /// The premise, or -1 for any hypothesis.
    let source: Int32

    /// Nil for an option that is a result of an arrow chosen before.
    init?(of option: [Int32], _ vocabulary: Vocabulary) {
      guard let first = option.first, first != vocabulary.id(.result) else { return nil }
      kind = first
      guard option.count > 1 else {
        source = -1
        return
      }
      if case .variable = vocabulary.token(option[1]) { source = -1 } else { source = option[1] }
    }
  }

  /// The probability of each arrow, given how often each was used.
  private struct Program: Model {
    let uses: [Int]

    func run(_ p: inout some ProbabilisticContext) -> Random<[Double]> {
      let shares = p.assume(Dirichlet([Double](repeating: 0.5, count: uses.count)))
      p.observe(uses, Multinomial(count: uses.reduce(0, +), probabilities: shares))
      return shares
    }
  }
}
