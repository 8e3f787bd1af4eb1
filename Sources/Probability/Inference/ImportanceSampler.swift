public import Parallel
public import Randomness

/// Runs a program many times, weighting each run by its observations.
@frozen
public struct ImportanceSampler: Sendable {
  /// The number of runs.
  public var particles: Int
  /// Keeps variables in closed form; else draws each when it is assumed.
  public var delays: Bool

  @inlinable
  public init(particles: Int, delays: Bool = true) {
    require(particles > 0, "ImportanceSampler(particles: \(particles))")
    self.particles = particles
    self.delays = delays
  }

  /// The posterior of what `model` returns.
  ///
  /// - Throws: `InferenceError.problem`, which names the place, if a weight becomes NaN or
  ///   infinite, or an observation lies outside of its distribution's support in 16 runs;
  ///   `.invalidWeight` where the reason is not found.
  @inlinable
  public func run<M: Model>(
    _ model: M, key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<M.Result> {
    let filter = ParticleFilter(particles: particles, trigger: 0, delays: delays)
    var sweep = Sweep(filter, Execution(program: model), pool)
    let start = key.child("run")
    if delays {
      sweep.population.run(key: start, delays: true) { execution, context in
        execution.result = execution.program.run(&context)
      }
    } else {
      sweep.population.runForward(key: start) { execution, context in
        execution.result = execution.program.run(&context)
      }
    }
    do throws(InferenceError) {
      try sweep.finish(step: -1)
    } catch {
      throw error.explained(by: Diagnosis(model, key: key.child("diagnosis")))
    }
    return try sweep.posterior.map { $0.result! }
      .unlessImpossible(delays: delays, Diagnosis(model, key: key))
  }
}

/// A program and what it returned.
@frozen
@usableFromInline
struct Execution<M: Model>: Sendable {
  @usableFromInline var program: M
  @usableFromInline var result: M.Result?

  @inlinable
  init(program: M) { self.program = program }
}
