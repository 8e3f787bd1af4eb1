/// What one Markov chain drew, and how it went.
public struct Chain<Draw: Sendable>: Sendable {
  /// The draws after warm-up, in order.
  public var draws: [Draw]
  /// For each draw, the log-density of choices, observations and factors.
  public var logDensities: [Double]
  /// The mean probability of acceptance after warm-up.
  public var acceptance: Double
  /// Runs of the program, or gradients, warm-up included.
  public var evaluations: Int
  /// Trajectories after warm-up that left the region where the integrator is accurate: draws near
  /// there are missing. Only Hamiltonian methods have them.
  public var divergences = 0
  /// Trajectories after warm-up that reached the depth limit of NUTS.
  public var truncations = 0
  /// The step size after warm-up; 0 where there is none.
  public var stepSize = 0.0
  /// For each kind of move, in the order given, the fraction accepted after warm-up.
  public var moves: [Double] = []

  /// A chain of draws with their log-densities, one for each.
  public init(
    draws: [Draw], logDensities: [Double], acceptance: Double, evaluations: Int,
    divergences: Int = 0, truncations: Int = 0, stepSize: Double = 0, moves: [Double] = []
  ) {
    self.draws = draws
    self.logDensities = logDensities
    self.acceptance = acceptance
    self.evaluations = evaluations
    self.divergences = divergences
    self.truncations = truncations
    self.stepSize = stepSize
    self.moves = moves
  }

  /// The same chain with a part of each draw, or something computed from it.
  public func map<Other>(_ transform: (Draw) -> Other) -> Chain<Other> {
    Chain<Other>(
      draws: draws.map(transform), logDensities: logDensities, acceptance: acceptance,
      evaluations: evaluations, divergences: divergences, truncations: truncations,
      stepSize: stepSize, moves: moves)
  }
}

/// Several chains for one posterior: its draws, and whether to believe them.
public struct Chains<Draw: Sendable>: Sendable {
  public var chains: [Chain<Draw>]

  /// Chains of equal length, at least one.
  public init(chains: [Chain<Draw>]) {
    precondition(!chains.isEmpty, "Chains(chains: []): at least one chain is needed")
    precondition(
      chains.allSatisfy { $0.draws.count == chains[0].draws.count },
      "Chains: chains of lengths \(chains.map(\.draws.count))")
    self.chains = chains
  }

  /// The draws of all chains, one chain after the other.
  public var draws: [Draw] { chains.flatMap(\.draws) }
  /// The mean probability of acceptance.
  public var acceptance: Double {
    chains.reduce(0) { $0 + $1.acceptance } / Double(chains.count)
  }
  /// Divergent trajectories after warm-up; any make the result doubtful.
  public var divergences: Int { chains.reduce(0) { $0 + $1.divergences } }
  /// Runs of the program, or gradients, warm-up included.
  public var evaluations: Int { chains.reduce(0) { $0 + $1.evaluations } }

  /// The same chains with a part of each draw, or something computed from it.
  public func map<Other>(_ transform: (Draw) -> Other) -> Chains<Other> {
    Chains<Other>(chains: chains.map { $0.map(transform) })
  }

  /// The mean of a number over all draws.
  public func mean(of number: (Draw) -> Double) -> Double {
    let values = draws.map(number)
    return values.reduce(0, +) / Double(values.count)
  }

  /// The posterior of a number, and how well the chains know it.
  public func summary(of number: (Draw) -> Double) -> ChainSummary {
    ChainSummary(chains.map { $0.draws.map(number) })
  }

  /// The fraction of draws with a property.
  public func probability(of property: (Draw) -> Bool) -> Double {
    mean { property($0) ? 1 : 0 }
  }
}

/// The posterior of a number as chains tell it.
public struct ChainSummary: Sendable, Equatable {
  /// The mean over all draws.
  public var mean: Double
  /// The standard deviation over all draws.
  public var deviation: Double
  /// The 5 %, 50 % and 95 % quantiles.
  public var quantiles: (low: Double, median: Double, high: Double)
  /// The standard error of the mean.
  public var standardError: Double
  /// Rank-normalized split R̂: near 1 once the chains agree; above 1.01 they do not yet.
  public var rHat: Double
  /// Effective draws for the bulk of the distribution; below 100 for each chain, do not trust it.
  public var bulkESS: Double
  /// Effective draws for the 5 % and 95 % quantiles.
  public var tailESS: Double

  /// The summary of chains of equal length, of at least 4 draws.
  public init(_ chains: [[Double]]) {
    let all = chains.flatMap { $0 }
    let sorted = all.sorted()
    mean = Convergence.mean(all)
    deviation = Convergence.variance(all).squareRoot()
    quantiles = (
      Convergence.quantile(0.05, ofSorted: sorted), Convergence.quantile(0.5, ofSorted: sorted),
      Convergence.quantile(0.95, ofSorted: sorted)
    )
    standardError = deviation / Convergence.effectiveSampleSize(chains).squareRoot()
    rHat = Convergence.rHat(chains)
    bulkESS = Convergence.bulkESS(chains)
    tailESS = Convergence.tailESS(chains)
  }

  public static func == (left: ChainSummary, right: ChainSummary) -> Bool {
    left.mean == right.mean && left.deviation == right.deviation
      && left.quantiles == right.quantiles && left.standardError == right.standardError
      && left.rHat == right.rHat && left.bulkESS == right.bulkESS && left.tailESS == right.tailESS
  }
}
