import Glibc
public import Randomness

/// A Markov chain whose data can change between moves: what the test of Geweke needs.
public protocol MarkovKernel<Draw, Data> {
  associatedtype Draw
  associatedtype Data
  /// The current state.
  var draw: Draw { get }
  /// A move that leaves the posterior given `data` as it is.
  mutating func move(given data: Data) throws
}

/// The joint-distribution test of a Markov chain: whether its moves leave the posterior as it is.
///
/// Drawing parameters from the prior and data from them must give the same joint distribution as a
/// chain that alternates between moving the parameters, given the data, and drawing new data, given
/// the parameters. It finds errors that calibration misses when moves are small, and needs no
/// warm-up to be long enough.
///
/// Source: Geweke, "Getting it right: joint distribution tests of posterior simulators" (JASA
/// 2004), section 3.
public struct GewekeTest: Sendable {
  /// The number of independent draws.
  public var draws: Int
  /// The number of moves of the chain.
  public var moves: Int
  /// The number of moves before those, thrown away.
  public var warmup: Int

  public init(draws: Int = 10_000, moves: Int = 10_000, warmup: Int = 500) {
    require(
      draws > 1 && moves >= 4 && warmup >= 0,
      "GewekeTest(draws: \(draws), moves: \(moves), warmup: \(warmup)): too few")
    self.draws = draws
    self.moves = moves
    self.warmup = warmup
  }

  /// Compares the two ways to the joint distribution.
  ///
  /// - Parameters:
  ///   - prior: Draws parameters.
  ///   - data: Draws data, given parameters.
  ///   - kernel: The chain under test, started with the given data.
  /// - Throws: What the chain throws.
  public func run<Kernel: MarkovKernel>(
    _ quantities: [TestQuantity<Kernel.Draw, Kernel.Data>],
    prior: (inout RandomStream) -> Kernel.Draw,
    data: (Kernel.Draw, inout RandomStream) -> Kernel.Data,
    kernel: (Kernel.Data, _ key: RandomKey) throws -> Kernel, key: RandomKey
  ) throws -> GewekeReport {
    require(!quantities.isEmpty, "a test of no quantities")
    var independent = [[Double]](repeating: [], count: quantities.count)
    var dependent = independent
    var stream = key.child("prior").stream()
    for _ in 0..<draws {
      let parameters = prior(&stream)
      let simulated = data(parameters, &stream)
      for (index, quantity) in quantities.enumerated() {
        independent[index].append(quantity.value(parameters, simulated))
      }
    }
    stream = key.child("chain").stream()
    var current = data(prior(&stream), &stream)
    var chain = try kernel(current, key.child("kernel"))
    for move in 0..<(warmup + moves) {
      try chain.move(given: current)
      current = data(chain.draw, &stream)
      if move < warmup { continue }
      for (index, quantity) in quantities.enumerated() {
        dependent[index].append(quantity.value(chain.draw, current))
      }
    }
    return GewekeReport(
      entries: quantities.enumerated().map { index, quantity in
        GewekeReport.Entry(
          name: quantity.name, independent: independent[index], dependent: dependent[index])
      })
  }
}

/// What Geweke's test found.
public struct GewekeReport: Sendable {
  /// One quantity.
  public struct Entry: Sendable {
    public let name: String
    /// The mean over independent draws.
    public let priorMean: Double
    /// The mean over the chain.
    public let chainMean: Double
    /// Their difference in standard errors, which know of the chain's autocorrelation.
    public let z: Double
    /// The probability of a difference as large if the chain is right.
    public let pValue: Double

    init(name: String, independent: [Double], dependent: [Double]) {
      self.name = name
      priorMean = Convergence.mean(independent)
      chainMean = Convergence.mean(dependent)
      let size = Convergence.effectiveSampleSize([dependent])
      let variance =
        Convergence.variance(independent) / Double(independent.count)
        + Convergence.variance(dependent) / size
      z = (chainMean - priorMean) / variance.squareRoot()
      pValue = erfc(abs(z) / 2.squareRoot())
    }
  }

  public let entries: [Entry]

  /// The smallest p-value times the number of quantities (Bonferroni), at most 1. NaN if a chain
  /// did not move at all.
  public var pValue: Double {
    if entries.contains(where: \.pValue.isNaN) { return .nan }
    return min(1, Double(entries.count) * (entries.map(\.pValue).min() ?? 1))
  }
}

extension GewekeReport: CustomStringConvertible {
  /// A line for each quantity.
  public var description: String {
    entries.map {
      "\($0.name): prior \($0.priorMean), chain \($0.chainMean), z = \($0.z), p = \($0.pValue)"
    }.joined(separator: "\n")
  }
}
