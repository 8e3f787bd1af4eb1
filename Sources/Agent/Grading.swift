/// Where the difficulties of an iteration part, as log-probabilities of proofs.
///
/// Up to `hard` a proof is hard, up to `easy` it is easy, above it is trivial. The quantiles are
/// those of the original's code: the least likely fifth is hard, the next three tenths easy.
public struct Grading: Sendable, Hashable {
  public static let hardQuantile = 0.2
  public static let easyQuantile = 0.5

  /// -∞ when there was nothing to grade.
  public let hard: Double
  public let easy: Double

  /// Thresholds from the log-probabilities of all proofs of an iteration, by nearest rank.
  public init(_ logProbabilities: [Double]) {
    let sorted = logProbabilities.sorted()
    func quantile(_ share: Double) -> Double {
      guard !sorted.isEmpty else { return -.infinity }
      let rank = Int((share * Double(sorted.count)).rounded(.up))
      return sorted[max(0, min(sorted.count, rank) - 1)]
    }
    hard = quantile(Grading.hardQuantile)
    easy = quantile(Grading.easyQuantile)
  }

  public func difficulty(of logProbability: Double) -> Difficulty {
    // A proof without a choice was never hard, whatever the quantiles of a small sample say.
    if logProbability == 0 { return .trivial }
    if logProbability <= hard { return .hard }
    return logProbability <= easy ? .easy : .trivial
  }
}
