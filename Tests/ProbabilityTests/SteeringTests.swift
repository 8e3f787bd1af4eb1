import Glibc
import Probability
import Randomness
import Testing

@Suite struct SteeringTests {
  static let truth = ToyTruth()

  static let samplers: [OptionSampler] = [
    .model, .masked, .rejection(checks: 1), .rejection(checks: 2), .rejection(checks: 4),
  ]
  static let resamplings: [Resampling] = [.multinomial, .systematic, .ssp]

  func moments(
    _ steering: Steering, runs: Int, seed: UInt64
  ) throws -> EstimateMoments {
    var moments = EstimateMoments()
    for run in 0..<runs {
      moments.add(
        try steering.run(
          Sentence(), model: ToyModel(), potential: Balanced(),
          key: RandomKey(seed: seed).child("run", run)))
    }
    return moments
  }

  /// The estimate of every sentence's weight is unbiased, for few particles too.
  @Test(arguments: samplers, resamplings)
  func estimatesAreUnbiased(_ sampler: OptionSampler, _ resampling: Resampling) throws {
    for particles in [1, 2, 5] {
      let steering = Steering(
        particles: particles, sampler: sampler, resampling: resampling, trigger: 0.7)
      let score = try moments(steering, runs: 1200, seed: 1).largestScore(Self.truth)
      // Some 20 sentences have more than a hundredth of the weight.
      #expect(score < 4.2, "\(particles) particles")
    }
  }

  @Test(arguments: [2, 3, 7, 20])
  func withoutReplacement(_ particles: Int) throws {
    let steering = Steering(particles: particles, resampling: .optimal(expansion: 1))
    let score = try moments(steering, runs: 1200, seed: 2).largestScore(Self.truth)
    #expect(score < 4.2)
    let posterior = try steering.run(
      Sentence(), model: ToyModel(), potential: Balanced(), key: RandomKey(seed: 0))
    #expect(Set(posterior.particles.map(\.value)).count == posterior.particles.count)
    #expect(posterior.particles.count <= particles)
  }

  /// With room for all sentences nothing is left to chance.
  @Test func enoughParticlesEnumerate() throws {
    let posterior = try Steering(particles: 2000, resampling: .optimal(expansion: 1)).run(
      Sentence(), model: ToyModel(), potential: Balanced(), key: RandomKey(seed: 0))
    let evidence = Self.truth.evidence
    #expect(abs(posterior.logEvidence - log(evidence)) < 1e-12)
    #expect(posterior.particles.count == Self.truth.weights.count)
    for particle in posterior.particles {
      let weight = try #require(Self.truth.weights[particle.value])
      #expect(abs(exp(particle.logWeight) - weight / evidence) < 1e-12)
    }
  }

  /// Masking each choice by itself is another distribution, and the test above would notice.
  @Test func maskingAloneIsWrong() throws {
    let truth = Self.truth
    var moments = EstimateMoments()
    for run in 0..<3000 {
      var masked = try Steering(particles: 1, trigger: 0).run(
        Sentence(), model: ToyModel(), potential: Balanced(),
        key: RandomKey(seed: 1).child("run", run))
      // The weight is what masking forgets; the evidence is even given away.
      masked.logEvidence = log(truth.evidence)
      moments.add(masked)
    }
    #expect(moments.largestScore(truth) > 10)
  }

  /// More looks at the potential estimate better; as many as reach all options leave no error.
  @Test func checksLowerTheVariance() throws {
    var variances: [Double] = []
    for checks in [1, 2, 3, 4] {
      let steering = Steering(particles: 1, sampler: .rejection(checks: checks), trigger: 0)
      var (sum, squares) = (0.0, 0.0)
      for run in 0..<4000 {
        let estimate = exp(
          try steering.run(
            Sentence(), model: ToyModel(), potential: FirstIsZeroOrOne(),
            key: RandomKey(seed: 3).child("run", run)
          ).logEvidence)
        sum += estimate
        squares += estimate * estimate
      }
      variances.append(squares / 4000 - (sum / 4000) * (sum / 4000))
    }
    #expect(variances[0] > variances[1] && variances[1] > variances[2])
    #expect(variances[2] < 1e-12 && variances[3] < 1e-12)
  }

  @Test func impossible() throws {
    let nothing = Condition<Sentence> { $0.letters.isEmpty && !$0.hasEnded }
    for resampling in [Resampling.systematic, .optimal(expansion: 1)] {
      for sampler in Self.samplers {
        let posterior = try Steering(particles: 3, sampler: sampler, resampling: resampling).run(
          Sentence(), model: ToyModel(), potential: nothing, key: RandomKey(seed: 0))
        #expect(posterior.logEvidence == -.infinity && posterior.particles.isEmpty)
      }
    }
  }

  @Test func flawedPotential() {
    struct Flawed: Potential {
      func logWeight(of process: Sentence) -> Double { process.letters.isEmpty ? 0 : .nan }
    }
    for resampling in [Resampling.systematic, .optimal(expansion: 1)] {
      #expect(throws: InferenceError.self) {
        try Steering(particles: 8, resampling: resampling).run(
          Sentence(), model: ToyModel(), potential: Flawed(), key: RandomKey(seed: 0))
      }
    }
  }

  /// The same bits whenever it is run.
  @Test(arguments: samplers)
  func replays(_ sampler: OptionSampler) throws {
    let steering = Steering(particles: 8, sampler: sampler)
    let runs = try (0..<2).map { _ in
      try steering.run(
        Sentence(), model: ToyModel(), potential: Balanced(), key: RandomKey(seed: 5))
    }
    #expect(runs[0].logEvidence.bitPattern == runs[1].logEvidence.bitPattern)
    #expect(runs[0].particles.map(\.value) == runs[1].particles.map(\.value))
  }
}

/// Three looks tell all that there is: of four options two are allowed.
struct FirstIsZeroOrOne: Potential {
  func logWeight(of process: Sentence) -> Double {
    if process.letters.isEmpty { return process.hasEnded ? -.infinity : 0 }
    return process.letters[0] == 2 ? -.infinity : 0
  }
}

/// A choice among tools stays open while a verifier speaks about it.
@Suite struct OpenChoiceTests {
  struct ToolChoice: Model {
    let verdicts: [Bool]
    /// How often the verifier approves of each tool.
    static let approval = [0.9, 0.5, 0.2]
    static let logits: [Float] = [-1, 0.5, 1]

    func run(_ p: inout some ProbabilisticContext) -> Random<Int> {
      let tool = p.assume(TokenLogits(Self.logits))
      for verdict in verdicts { p.observe(verdict, Bernoulli(Self.approval[tool])) }
      return tool
    }
  }

  @Test(arguments: [[], [true], [true, false, true, true, true]])
  func verdictsMultiplyTheTable(_ verdicts: [Bool]) throws {
    let posterior = try ImportanceSampler(particles: 1).run(
      ToolChoice(verdicts: verdicts), key: RandomKey(seed: 0))
    // Bayes' rule, by hand.
    let prior = ToolChoice.logits.map { exp(Double($0)) }
    var weights = prior.map { $0 / prior.reduce(0, +) }
    for (tool, approval) in ToolChoice.approval.enumerated() {
      for verdict in verdicts { weights[tool] *= verdict ? approval : 1 - approval }
    }
    let evidence = weights.reduce(0, +)
    #expect(abs(posterior.logEvidence - log(evidence)) < 1e-12)
    #expect(posterior.report.isExact)
    let found = posterior.probabilities { $0 }
    #expect(found.count == 3)
    for (one, other) in zip(found, weights) { #expect(abs(one - other / evidence) < 1e-12) }
  }

  /// A flawed row of logits is named when it is drawn from, not by a trap.
  @Test func flawedLogits() throws {
    struct Flawed: Model {
      func run(_ p: inout some ProbabilisticContext) -> Int {
        p.observe(1, TokenLogits([0, .nan]))
        return 0
      }
    }
    #expect(throws: InferenceError.self) {
      try ImportanceSampler(particles: 1).run(Flawed(), key: RandomKey(seed: 0))
    }
  }
}
