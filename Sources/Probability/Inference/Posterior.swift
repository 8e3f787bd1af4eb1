/// One weighted result of an inference.
@frozen
public struct Particle<Value: Sendable>: Sendable {
  /// The model's state, or what its program returned.
  public var value: Value
  /// The logarithm of the weight; weights sum to 1.
  public var logWeight: Double
  /// The weight.
  @inlinable public var weight: Double { Special.negativeExponential(min(logWeight, 0)) }
  /// The variables of `value` that have no number.
  public var graph: DelayedGraph

  @usableFromInline
  init(value: Value, logWeight: Double, graph: DelayedGraph) {
    self.value = value
    self.logWeight = logWeight
    self.graph = graph
  }
}

/// What an inference found: weighted particles, the evidence, and how it went.
///
/// Every method returns one. The draws of Markov chains have equal weights, and `chains` tells
/// which are whose; the evidence, which they do not estimate, is NaN.
public struct Posterior<Value: Sendable>: Sendable {
  public var particles: [Particle<Value>]
  /// The logarithm of an unbiased estimate of the probability of the data.
  public var logEvidence: Double
  /// After each step, before resampling: (Σw)²/Σw². The first is that of the start.
  public var effectiveSampleSizes: [Double]
  /// For each resampling, the step and each particle's ancestor before it; empty unless kept.
  public var ancestry: [(step: Int, ancestors: [Int])]
  /// The share of proposals accepted, in each step or stage that has any; of each kind of move of
  /// chains, as a mean over these. A move of particle Gibbs is a step of the program, accepted when
  /// its part of the path is new.
  public var acceptanceRates: [Double] = []
  /// How each Markov chain went; empty if the method has none.
  public var chains: [Chain] = []
  /// Which variables were integrated out, and what forced the others.
  public var report: MarginalizationReport

  @usableFromInline
  init(
    particles: [Particle<Value>], logEvidence: Double, effectiveSampleSizes: [Double],
    ancestry: [(step: Int, ancestors: [Int])], counters: ReportCounters
  ) {
    self.particles = particles
    self.logEvidence = logEvidence
    self.effectiveSampleSizes = effectiveSampleSizes
    self.ancestry = ancestry
    report = MarginalizationReport(counters)
  }

  @usableFromInline
  init<Other>(
    _ other: Posterior<Other>, particles: [Particle<Value>]
  ) {
    self.particles = particles
    logEvidence = other.logEvidence
    effectiveSampleSizes = other.effectiveSampleSizes
    ancestry = other.ancestry
    acceptanceRates = other.acceptanceRates
    chains = other.chains
    report = other.report
  }

  /// The posterior of a part of each particle, or of something computed from it.
  @inlinable
  public func map<Other>(_ transform: (Value) -> Other) -> Posterior<Other> {
    Posterior<Other>(
      self,
      particles: particles.map {
        Particle(value: transform($0.value), logWeight: $0.logWeight, graph: $0.graph)
      })
  }

  /// The values without their weights, in order: those of one chain after the other, which weigh
  /// the same.
  public var draws: [Value] { particles.map(\.value) }

  /// Divergent trajectories after warm-up, of all chains; any make the result doubtful.
  public var divergences: Int { chains.reduce(0) { $0 + $1.divergences } }

  /// Runs of the program, gradients, runs of the filter, or sweeps of all chains; warm-up included.
  public var evaluations: Int { chains.reduce(0) { $0 + $1.evaluations } }

  /// Whether no particle has weight: the data is impossible for all of them.
  private var isExtinct: Bool { particles.allSatisfy { $0.logWeight == -.infinity } }

  /// The posterior mean of a number computed from each particle; NaN if none has weight.
  public func mean(of number: (Value) -> Double) -> Double {
    if !chains.isEmpty {
      return particles.reduce(0) { $0 + number($1.value) } / Double(particles.count)
    }
    if isExtinct { return .nan }
    var total = 0.0
    for particle in particles where particle.logWeight > -.infinity {
      total += particle.weight * number(particle.value)
    }
    return total
  }

  /// The posterior probability of a property; NaN if no particle has weight.
  public func probability(of property: (Value) -> Bool) -> Double {
    mean { property($0) ? 1 : 0 }
  }

  /// The posterior mean of a random variable, exact within each particle (Rao–Blackwell); NaN if
  /// none has weight.
  public func marginalMean<Variable: RandomNumber>(
    of variable: (Value) -> Random<Variable>
  ) -> Double {
    if isExtinct { return .nan }
    var total = 0.0
    for particle in particles where particle.logWeight > -.infinity {
      total += particle.weight * particle.graph.mean(variable(particle.value))
    }
    return total
  }

  /// The posterior variance of a random variable.
  public func marginalVariance<Variable: RandomNumber>(
    of variable: (Value) -> Random<Variable>
  ) -> Double {
    if isExtinct { return .nan }
    let mean = marginalMean(of: variable)
    var total = 0.0
    for particle in particles where particle.logWeight > -.infinity {
      let distance = particle.graph.mean(variable(particle.value)) - mean
      total +=
        particle.weight
        * (particle.graph.variance(variable(particle.value)) + distance * distance)
    }
    return total
  }

  /// The posterior means of a random vector's components.
  public func marginalMeans<Element>(of vector: (Value) -> Random<[Element]>) -> [Double] {
    var totals: [Double] = []
    for particle in particles where particle.logWeight > -.infinity {
      let means = particle.graph.means(vector(particle.value))
      if totals.isEmpty { totals = means.map { _ in 0 } }
      for (index, mean) in means.enumerated() { totals[index] += particle.weight * mean }
    }
    return totals
  }

  /// The posterior probabilities of the values 0, 1, … of a variable that has finitely many; see
  /// `DelayedGraph.probabilities`.
  public func probabilities(_ variable: (Value) -> Random<Int>) -> [Double] {
    var result: [Double] = []
    for particle in particles where particle.logWeight > -.infinity {
      for (value, probability) in particle.graph.probabilities(variable(particle.value))
        .enumerated()
      {
        if value == result.count { result.append(0) }
        result[value] += particle.weight * probability
      }
    }
    return result
  }
}
