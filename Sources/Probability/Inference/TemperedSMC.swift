import Glibc
public import Parallel
public import Randomness

/// Sequential Monte Carlo from a prior to a posterior through powers of the likelihood.
///
/// Each power is the largest for which the weights keep a given effective sample size; then
/// particles are resampled and moved by random-walk Metropolis–Hastings, with steps fitted to them
/// and scaled towards a good acceptance rate. For a density that is known up to a constant, in one
/// shot; also where it has several modes, if the prior's particles find them.
///
/// Sources: Del Moral, Doucet, Jasra, "Sequential Monte Carlo samplers" (JRSS B 2006);
/// Jasra, Stephens, Doucet, Tsagaris, "Inference for Lévy-driven stochastic volatility models via
/// adaptive sequential Monte Carlo" (Scandinavian Journal of Statistics 2011), for the powers.
@frozen
public struct TemperedSMC: Sendable {
  /// The number of particles.
  public var particles: Int
  /// The effective sample size that each power keeps, as a fraction of the number of particles.
  public var keptFraction: Double
  /// Metropolis–Hastings moves after each power.
  public var moves: Int
  public var resampling: Resampling

  @inlinable
  public init(
    particles: Int, keptFraction: Double = 0.5, moves: Int = 5,
    resampling: Resampling = .systematic
  ) {
    require(particles > 1, "TemperedSMC(particles: \(particles)): at least 2 are needed")
    require(
      keptFraction > 0 && keptFraction < 1,
      "TemperedSMC(keptFraction: \(keptFraction)) must lie between 0 and 1")
    require(moves > 0, "TemperedSMC(moves: \(moves)): at least one is needed")
    if case .optimal = resampling {
      fatalError("TemperedSMC(resampling: \(resampling)): weights must become equal")
    }
    self.particles = particles
    self.keptFraction = keptFraction
    self.moves = moves
    self.resampling = resampling
  }

  /// The posterior of a point with the given prior and likelihood.
  ///
  /// Effective sample sizes and acceptance rates are those of each power; the evidence estimates
  /// the integral of the likelihood over the prior.
  ///
  /// - Throws: `InferenceError.noSurvivors` if no particle of the prior has positive likelihood,
  ///   `.invalidWeight` for a likelihood that is NaN or infinite; the step is the power's number.
  public func run(
    prior: @Sendable (inout RandomStream) -> [Double],
    logPrior: @Sendable ([Double]) -> Double,
    logLikelihood: @Sendable ([Double]) -> Double,
    key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<[Double]> {
    var points = update([Point](repeating: Point(), count: particles), key.child("prior"), pool) {
      point, stream in
      point.values = prior(&stream)
      point.logPrior = logPrior(point.values)
      point.logLikelihood = logLikelihood(point.values)
    }
    var (power, stage, scale, logEvidence) = (0.0, 0, 1.0, 0.0)
    var (sizes, rates): ([Double], [Double]) = ([], [])
    var ancestry: [(step: Int, ancestors: [Int])] = []
    while power < 1 {
      let next = try nextPower(after: power, points, stage)
      let summary = try weigh(points, next - power, stage)
      if summary.isExtinct { throw .noSurvivors(step: stage, trials: particles) }
      logEvidence += summary.logMean
      sizes.append(summary.effectiveSampleSize)
      power = next
      let walk = RandomWalk(points: points.map(\.values), weights: summary.weights)
      var stream = key.child("resample", stage).stream()
      let ancestors = resampling.choose(particles, weights: summary.weights, &stream).ancestors
      ancestry.append((stage, ancestors))
      let old = points
      points = ancestors.map { old[$0] }
      guard var walk else {
        rates.append(0)
        stage += 1
        continue
      }
      walk.scale *= scale
      let (power, settled) = (power, walk)
      let moves = self.moves
      points = update(points, key.child("move", stage), pool) { point, stream in
        point.acceptedCount = 0
        for _ in 0..<moves {
          var other = Point()
          other.values = settled.step(from: point.values, &stream)
          other.logPrior = logPrior(other.values)
          let draw = stream.uniform()
          if other.logPrior == -.infinity { continue }
          other.logLikelihood = logLikelihood(other.values)
          let logRatio = other.logDensity(power) - point.logDensity(power)
          if draw < LogWeight.acceptance(logRatio) {
            other.acceptedCount = point.acceptedCount + 1
            point = other
          }
        }
      }
      let rate =
        Double(points.reduce(0) { $0 + $1.acceptedCount }) / Double(particles * moves)
      rates.append(rate)
      // Longer steps if many are accepted, shorter ones if few.
      scale *= exp(rate - 0.3)
      stage += 1
    }
    let weight = -log(Double(particles))
    var result = Posterior(
      particles: points.map {
        Particle(value: $0.values, logWeight: weight, graph: DelayedGraph())
      },
      logEvidence: logEvidence, effectiveSampleSizes: sizes, ancestry: ancestry,
      counters: ReportCounters())
    result.acceptanceRates = rates
    return result
  }

  private struct Point: Sendable {
    var values: [Double] = []
    var logPrior = 0.0
    var logLikelihood = 0.0
    var acceptedCount = 0

    func logDensity(_ power: Double) -> Double { logPrior + power * logLikelihood }
  }

  private func update(
    _ points: [Point], _ key: RandomKey, _ pool: WorkerPool?,
    _ body: @Sendable (inout Point, inout RandomStream) -> Void
  ) -> [Point] {
    var points = points
    if let pool {
      pool.update(&points) { slot, point in
        var stream = RandomStream(key: key, part: slot)
        body(&point, &stream)
      }
    } else {
      for slot in points.indices {
        var stream = RandomStream(key: key, part: slot)
        body(&points[slot], &stream)
      }
    }
    return points
  }

  private func weigh(
    _ points: [Point], _ power: Double, _ stage: Int
  ) throws(InferenceError) -> WeightSummary {
    // 0 times infinity: an impossible point stays impossible.
    let logWeights = points.map { point in
      point.logLikelihood == -.infinity ? -.infinity : power * point.logLikelihood
    }
    return try WeightSummary(logWeights, step: stage)
  }

  /// The largest power up to 1 whose weights keep the effective sample size.
  private func nextPower(
    after power: Double, _ points: [Point], _ stage: Int
  ) throws(InferenceError) -> Double {
    // Of the points that are possible at all.
    let possible = points.count { $0.logLikelihood > -.infinity }
    let wanted = keptFraction * Double(possible)
    if try weigh(points, 1 - power, stage).effectiveSampleSize >= wanted { return 1 }
    var (low, high) = (0.0, 1 - power)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if try weigh(points, middle, stage).effectiveSampleSize >= wanted {
        low = middle
      } else {
        high = middle
      }
    }
    return low > 0 ? power + low : power + high
  }
}
