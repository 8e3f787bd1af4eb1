public import Glibc
public import Parallel
public import Randomness

/// A pass of a particle filter over the data: the particles, and what is known of them so far.
@frozen
@usableFromInline
struct Sweep<Model: Sendable>: Sendable {
  @usableFromInline var population: Population<Model>
  @usableFromInline let filter: ParticleFilter
  /// The logarithm of the evidence before the last resampling.
  @usableFromInline var logEvidence = 0.0
  /// The logarithm of the mean weight since then.
  @usableFromInline var logMean = 0.0
  /// Weights relative to the largest.
  @usableFromInline var weights: [Double] = []
  @usableFromInline var logWeights: [Double] = []
  @usableFromInline var effectiveSampleSizes: [Double] = []
  @usableFromInline var ancestry: [(step: Int, ancestors: [Int])] = []
  /// No particle has positive weight: the data is impossible for all of them.
  @usableFromInline var isExtinct = false

  @inlinable
  init(_ filter: ParticleFilter, _ model: Model, _ pool: WorkerPool?) {
    self.filter = filter
    var slots = filter.particles
    if case .optimal(let expansion) = filter.resampling {
      require(expansion > 0, "optimal(expansion: \(expansion))")
      slots *= expansion
    }
    population = Population(
      model, count: slots, chunkSize: filter.chunkSize, pool: pool)
  }

  /// Takes stock of the weights after a step.
  @inlinable
  mutating func finish(step: Int) throws(InferenceError) {
    population.collect(&logWeights)
    let largest = try LogWeight.largest(logWeights, step: step)
    guard largest > -.infinity else {
      isExtinct = true
      logMean = -.infinity
      effectiveSampleSizes.append(0)
      return
    }
    let (sum, squares) = LogWeight.exponentiate(logWeights, largest: largest, into: &weights)
    logMean = largest + log(sum / Double(logWeights.count))
    effectiveSampleSizes.append(sum * sum / squares)
  }

  /// Resamples before step `step` if the weights are uneven.
  @inlinable
  mutating func resampleIfNeeded(step: Int, _ key: RandomKey) {
    let slots = population.count
    var expansion = 1
    if case .optimal(let factor) = filter.resampling {
      expansion = factor
    } else if !(effectiveSampleSizes[effectiveSampleSizes.count - 1]
      < filter.trigger * Double(slots))
    {
      return
    }
    var stream = key.stream()
    let ancestors: [Int]
    if case .optimal = filter.resampling {
      let chosen = filter.resampling.choose(slots / expansion, weights: weights, &stream)
      var copies = [Int](repeating: 0, count: slots)
      for ancestor in chosen.ancestors { copies[ancestor] += expansion }
      ancestors = population.replicate(copies)
      var logWeights = [Double](repeating: -.infinity, count: slots)
      for (ancestor, weight) in zip(chosen.ancestors, chosen.weights) {
        logWeights[ancestor] = log(weight)
      }
      for slot in 0..<slots { population.setLogWeight(slot, logWeights[ancestors[slot]]) }
    } else {
      ancestors = population.replicate(
        filter.resampling.copies(slots, weights: weights, &stream))
      population.clearLogWeights()
    }
    logEvidence += logMean
    logMean = 0
    if filter.keepsAncestry { ancestry.append((step, ancestors)) }
  }

  @inlinable
  var posterior: Posterior<Model> {
    Posterior(
      particles: population.particles, logEvidence: logEvidence + logMean,
      effectiveSampleSizes: effectiveSampleSizes, ancestry: ancestry,
      counters: population.counters)
  }
}
