import Glibc
public import Parallel
public import Randomness

/// A pass of a particle filter over the data: the particles, and what is known of them so far.
@usableFromInline
struct Sweep<Model: Sendable>: Sendable {
  @usableFromInline var population: Population<Model>
  let filter: ParticleFilter
  /// The logarithm of the evidence before the last resampling.
  var logEvidence = 0.0
  /// The logarithm of the mean weight since then.
  var logMean = 0.0
  /// Weights relative to the largest.
  var weights: [Double] = []
  var effectiveSampleSizes: [Double] = []
  var ancestry: [(step: Int, ancestors: [Int])] = []
  /// No particle has positive weight: the data is impossible for all of them.
  @usableFromInline var isExtinct = false

  @usableFromInline
  init(_ filter: ParticleFilter, _ model: Model, _ pool: WorkerPool?) {
    self.filter = filter
    var slots = filter.particles
    if case .optimal(let expansion) = filter.resampling {
      precondition(expansion > 0, "optimal(expansion: \(expansion))")
      slots *= expansion
    }
    population = Population(
      model, count: slots, chunkSize: filter.chunkSize, pool: pool)
  }

  /// Takes stock of the weights after a step.
  @usableFromInline
  mutating func finish(step: Int) throws(InferenceError) {
    let logWeights = population.logWeights
    var largest = -Double.infinity
    for (slot, weight) in logWeights.enumerated() {
      // Also false for NaN.
      if !(weight < .infinity) {
        throw .invalidWeight(step: step, slot: slot, logWeight: weight)
      }
      largest = max(largest, weight)
    }
    guard largest > -.infinity else {
      isExtinct = true
      logMean = -.infinity
      effectiveSampleSizes.append(0)
      return
    }
    var (sum, squares) = (0.0, 0.0)
    weights.removeAll(keepingCapacity: true)
    weights.reserveCapacity(logWeights.count)
    for logWeight in logWeights {
      let weight = exp(logWeight - largest)
      weights.append(weight)
      sum += weight
      squares += weight * weight
    }
    logMean = largest + log(sum / Double(logWeights.count))
    effectiveSampleSizes.append(sum * sum / squares)
  }

  /// Resamples before step `step` if the weights are uneven.
  @usableFromInline
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
    let chosen = filter.resampling.choose(slots / expansion, weights: weights, &stream)
    var copies = [Int](repeating: 0, count: slots)
    for ancestor in chosen.ancestors { copies[ancestor] += expansion }
    let ancestors = population.replicate(copies)
    logEvidence += logMean
    logMean = 0
    if expansion > 1 {
      var logWeights = [Double](repeating: -.infinity, count: slots)
      for (ancestor, weight) in zip(chosen.ancestors, chosen.weights) {
        logWeights[ancestor] = log(weight)
      }
      for slot in 0..<slots { population.setLogWeight(slot, logWeights[ancestors[slot]]) }
    } else {
      for slot in 0..<slots { population.setLogWeight(slot, 0) }
    }
    if filter.keepsAncestry { ancestry.append((step, ancestors)) }
  }

  @usableFromInline
  var posterior: Posterior<Model> {
    Posterior(
      particles: population.particles, logEvidence: logEvidence + logMean,
      effectiveSampleSizes: effectiveSampleSizes, ancestry: ancestry,
      counters: population.counters)
  }
}
