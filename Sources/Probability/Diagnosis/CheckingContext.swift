import Randomness

/// The context of `diagnose`: draws every variable, and asks every distribution for its flaws.
struct CheckingContext: ChoosingContext {
  private(set) var problems: [ModelProblem] = []
  var step = -1
  var known: KnownVariables

  init(key: RandomKey) {
    known = KnownVariables(stream: key.stream())
  }

  private mutating func note(
    _ kind: ModelProblem.Kind, _ site: Site, support: ClosedRange<Double>? = nil
  ) {
    problems.append(ModelProblem(kind: kind, site: site, step: step, support: support))
  }

  mutating func choose<D: Distribution>(_ law: D, _ site: Site) -> D.Value {
    if let flaw = law.flaw { note(.flaw(flaw), site) }
    return law.sample(&known.work.stream)
  }

  mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    let law = known.plain(distribution)
    if let flaw = law.flaw {
      note(.flaw(flaw), site)
      return
    }
    let logDensity = law.logDensity(value)
    if let number = value as? Double, number.isNaN {
      note(.missing, site)
    } else if logDensity == -.infinity {
      note(
        .impossible(value: "\(value)", distribution: "\(law)"), site,
        support: Self.support(of: law, without: value))
      problems[problems.count - 1].isExact = law is Delta<Double>
    } else if !logDensity.isFinite {
      note(.weight(logDensity), site)
    }
  }

  mutating func factor(_ logWeight: Double, site: Site) {
    if !(logWeight < .infinity) { note(.weight(logWeight), site) }
  }

  /// The ends of a support that `value` lies outside of, or of those of its elements; nil if it
  /// does not, or there are no ends.
  private static func support<D: Distribution>(
    of law: D, without value: D.Value
  ) -> ClosedRange<Double>? {
    if let law = law as? any DiscreteDistribution, let value = value as? Int {
      let support = law.support
      return support.contains(value)
        ? nil : Double(support.lowerBound)...Double(support.upperBound)
    }
    if let law = law as? any ContinuousDistribution, let value = value as? Double {
      return law.support.contains(value) ? nil : law.support
    }
    if let law = law as? Multinomial<[Double]>, let value = value as? [Int] {
      let isInside =
        value.count == law.probabilities.count && value.reduce(0, +) == law.count
        && value.allSatisfy { $0 >= 0 }
      return isInside ? nil : 0...Double(law.count)
    }
    return nil
  }
}
