import Glibc
public import Parallel
public import Randomness

/// How one Markov chain of a posterior went.
public struct Chain: Sendable, Equatable {
  /// Which draws of the posterior are its own: those after warm-up, in order.
  public var draws: Range<Int>
  /// For each of them the log-density, up to a constant: of choices, observations and factors; of
  /// the unbounded coordinates in Hamiltonian Monte Carlo; of the parameters, with the evidence
  /// estimated, in particle Metropolis–Hastings; of path and data in particle Gibbs. Empty where
  /// states stay in closed form.
  public var logDensities: [Double]
  /// The mean probability of acceptance after warm-up, over all kinds of moves.
  public var acceptanceRate: Double
  /// Runs of the program, gradients, runs of the filter, or sweeps; warm-up included.
  public var evaluations: Int
  /// Trajectories after warm-up that left the region where the integrator is accurate: draws near
  /// there are missing. Only Hamiltonian methods have them.
  public var divergences = 0
  /// Trajectories after warm-up that reached the depth limit of NUTS.
  public var truncations = 0
  /// The step size after warm-up; 0 where there is none.
  public var stepSize = 0.0
  /// For each kind of move, in the order of the posterior's acceptance rates, the share accepted
  /// after warm-up.
  public var moves: [Double] = []

  init(logDensities: [Double], acceptanceRate: Double, moves: [Double], evaluations: Int) {
    draws = 0..<0
    self.logDensities = logDensities
    self.acceptanceRate = acceptanceRate
    self.moves = moves
    self.evaluations = evaluations
  }

  /// Traps, with what was wrong, unless there can be such chains.
  @usableFromInline
  static func check(_ method: String, draws: Int, warmup: Int, chains: Int, thinning: Int) {
    require(
      draws > 0 && warmup >= 0 && chains > 0 && thinning > 0,
      "\(method)(draws: \(draws), warmup: \(warmup), chains: \(chains), thinning: \(thinning)): "
        + "all must be positive, warmup at least 0")
  }
}

/// What a chain found, before its draws become a part of the posterior.
@usableFromInline
struct ChainRun<Value: Sendable>: Sendable {
  var values: [Value]
  /// For each value its graph; empty if none has variables without a number.
  var graphs: [DelayedGraph] = []
  var chain: Chain
  /// For each step, means over the chain.
  var effectiveSampleSizes: [Double] = []
  var counters = ReportCounters()

  init(values: [Value], chain: Chain) {
    self.values = values
    self.chain = chain
  }
}

/// Runs chains, each with a key of its own: side by side if there are several and a pool, else with
/// the pool inside each.
///
/// - Throws: The error of the first chain that throws.
@inlinable
func runChains<Result: Sendable, Failure: Error>(
  _ count: Int, key: RandomKey, pool: WorkerPool?,
  _ body: @Sendable (RandomKey, WorkerPool?) throws(Failure) -> Result
) throws(Failure) -> [Result] {
  if let pool, count > 1 {
    return try pool.map(count) { index throws(Failure) in
      try body(key.child("chain", index), nil)
    }
  }
  var results: [Result] = []
  for index in 0..<count { results.append(try body(key.child("chain", index), pool)) }
  return results
}

extension Posterior {
  /// The draws of all chains, one chain after the other, of equal weight.
  @usableFromInline
  init(_ runs: [ChainRun<Value>]) {
    let total = runs.reduce(0) { $0 + $1.values.count }
    let logWeight = -log(Double(total))
    var particles: [Particle<Value>] = []
    particles.reserveCapacity(total)
    var chains: [Chain] = []
    var counters = ReportCounters()
    for run in runs {
      var chain = run.chain
      chain.draws = particles.count..<particles.count + run.values.count
      chains.append(chain)
      counters.add(run.counters)
      for (index, value) in run.values.enumerated() {
        particles.append(
          Particle(
            value: value, logWeight: logWeight,
            graph: run.graphs.isEmpty ? DelayedGraph() : run.graphs[index]))
      }
    }
    self.init(
      particles: particles, logEvidence: .nan,
      effectiveSampleSizes: Self.means(runs.map(\.effectiveSampleSizes)), ancestry: [],
      counters: counters)
    self.chains = chains
    acceptanceRates = Self.means(chains.map(\.moves))
  }

  private static func means(_ rows: [[Double]]) -> [Double] {
    rows[0].indices.map { column in
      rows.reduce(0) { $0 + $1[column] } / Double(rows.count)
    }
  }
}
