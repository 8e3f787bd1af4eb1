import Glibc
public import Randomness

/// Sequential Monte Carlo over the histories of a choice process, steered by a potential: a
/// language model held to a grammar, a prover to a budget.
///
/// Samples outcomes in proportion to their probability under the model times the potential, and
/// estimates the sum of these products without bias (`logEvidence`). Masking each choice by itself
/// does not: it prefers beginnings with few allowed endings.
///
///     let posterior = try Steering(particles: 32)
///       .run(Sentence(), model: languageModel, potential: grammar, key: RandomKey(seed: 0))
///
/// Source: Lew, Zhi-Xuan, Grand, Mansinghka, "Sequential Monte Carlo steering of large language
/// models using probabilistic programs" (2023).
public struct Steering: Sendable {
  /// The number of histories.
  public var particles: Int
  /// How the next option of a history is chosen.
  public var sampler: OptionSampler
  /// How histories are chosen where weights have become uneven. `.optimal` follows every option of
  /// every history instead of choosing one with `sampler`, and keeps the best without replacement,
  /// so that no history is there twice; its `expansion` plays no part here.
  public var resampling: Resampling
  /// Resamples when the effective sample size is below this fraction of the number of histories.
  public var trigger: Double

  /// - Precondition: `particles` is positive, `trigger` in 0...1, checks of `.rejection` in 1...10.
  public init(
    particles: Int, sampler: OptionSampler = .masked, resampling: Resampling = .systematic,
    trigger: Double = 0.5
  ) {
    require(particles > 0, "Steering(particles: \(particles)): at least one is needed")
    require(
      trigger >= 0 && trigger <= 1, "Steering(trigger: \(trigger)): a fraction in 0...1 is needed")
    if case .rejection(let checks) = sampler {
      require(
        (1...10).contains(checks),
        "OptionSampler.rejection(checks: \(checks)): 1 to 10 are possible")
    }
    self.particles = particles
    self.sampler = sampler
    self.resampling = resampling
    self.trigger = trigger
  }

  /// The outcomes of `process` under `model` and `potential`.
  ///
  /// The model is asked once per step, about all unfinished histories. Where no history is left
  /// that is not excluded or stuck, `logEvidence` is `-infinity` and there are no particles.
  ///
  /// - Throws: What the model throws; `InferenceError.invalidWeight` if the potential is NaN or
  ///   `+infinity`.
  public func run<Process: ChoiceProcess>(
    _ process: Process, model: some ChoiceModel<Process.Query>,
    potential: some Potential<Process>, key: RandomKey
  ) throws -> Posterior<Process.Outcome> {
    let logPotential = potential.logWeight(of: process)
    guard logPotential < .infinity else {
      throw InferenceError.invalidWeight(step: -1, slot: 0, logWeight: logPotential)
    }
    var steered = SteeredHistories(self, process, potential)
    var step = 0
    while let (queries, optionCounts) = steered.pending() {
      let rows = try weigh(queries, optionCounts, model)
      if case .optimal = resampling {
        try steered.expand(rows, step: step, key.child("step", step))
      } else {
        try steered.advance(rows, step: step, key.child("step", step))
        steered.resampleIfNeeded(step: step, key.child("resample", step))
      }
      step += 1
    }
    return steered.posterior
  }
}
