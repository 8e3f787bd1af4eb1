import Glibc
public import Parallel
public import Randomness

/// A number computed from parameters and data, on which a sampler is tested.
public struct TestQuantity<Parameters, Data>: Sendable {
  public let name: String
  public let value: @Sendable (Parameters, Data) -> Double

  public init(_ name: String, _ value: @escaping @Sendable (Parameters, Data) -> Double) {
    self.name = name
    self.value = value
  }
}

/// Simulation-based calibration: whether a sampler draws from the posterior of a model.
///
/// Parameters are drawn from the prior, data from the parameters, and the sampler gets the data.
/// If it is right, the rank of the parameters among its draws is uniform, for every quantity. A
/// histogram that is high in the middle tells of draws that spread too far, one that is high at the
/// ends of draws that do not spread enough, or that depend on one another: thin them.
///
/// Source: Talts, Betancourt, Simpson, Vehtari, Gelman, "Validating Bayesian inference algorithms
/// with simulation-based calibration" (2018), algorithm 1.
public struct SimulationBasedCalibration: Sendable {
  /// The number of data sets.
  public var replicates: Int
  /// The number of draws for each, as independent of one another as possible.
  public var draws: Int
  /// The number of bins of the histograms, a divisor of `draws` + 1.
  public var bins: Int

  public init(replicates: Int, draws: Int = 63, bins: Int = 16) {
    require(
      replicates > 0 && draws > 0 && bins > 1 && (draws + 1) % bins == 0,
      "SimulationBasedCalibration(replicates: \(replicates), draws: \(draws), bins: \(bins)): "
        + "positive, with bins a divisor of draws + 1")
    self.replicates = replicates
    self.draws = draws
    self.bins = bins
  }

  /// Runs the sampler on data sets of its model.
  ///
  /// - Parameters:
  ///   - prior: Draws parameters.
  ///   - data: Draws data, given parameters.
  ///   - posterior: The sampler: as many draws as wanted, given data.
  ///   - pool: Where data sets are worked on; results do not depend on it.
  /// - Throws: What the sampler throws.
  public func run<Parameters, Data, Failure: Error>(
    _ quantities: [TestQuantity<Parameters, Data>],
    prior: @Sendable (inout RandomStream) -> Parameters,
    data: @Sendable (Parameters, inout RandomStream) -> Data,
    posterior: @Sendable (Data, _ key: RandomKey) throws(Failure) -> [Parameters],
    key: RandomKey, pool: WorkerPool? = nil
  ) throws(Failure) -> CalibrationReport {
    require(!quantities.isEmpty, "calibration of no quantities")
    @Sendable func ranks(_ replicate: Int) throws(Failure) -> [Int] {
      let own = key.child("replicate", replicate)
      var stream = own.child("simulate").stream()
      let truth = prior(&stream)
      let observed = data(truth, &stream)
      let found = try posterior(observed, own.child("sample"))
      require(found.count == draws, "the sampler gave \(found.count) of \(draws) draws")
      return quantities.map { quantity in
        let value = quantity.value(truth, observed)
        var (below, equal) = (0, 0)
        for draw in found {
          let other = quantity.value(draw, observed)
          if other < value { below += 1 } else if other == value { equal += 1 }
        }
        // Equal numbers come in random order, so that ranks of discrete ones are uniform too.
        return below + stream.uniform(below: equal + 1)
      }
    }
    var all: [[Int]] = []
    if let pool {
      all = try pool.map(replicates) { index throws(Failure) in try ranks(index) }
    } else {
      for index in 0..<replicates { all.append(try ranks(index)) }
    }
    return CalibrationReport(
      entries: quantities.enumerated().map { position, quantity in
        CalibrationReport.Entry(
          name: quantity.name, ranks: all.map { $0[position] }, draws: draws, bins: bins)
      })
  }
}

/// The ranks that calibration found.
public struct CalibrationReport: Sendable {
  /// One quantity.
  public struct Entry: Sendable {
    public let name: String
    /// For each data set, how many draws are below the truth.
    public let ranks: [Int]
    /// The number of ranks in each bin.
    public let histogram: [Int]
    /// Pearson's statistic against equal bins.
    public let chiSquare: Double
    /// The probability of a statistic as large if the ranks are uniform.
    public let pValue: Double

    init(name: String, ranks: [Int], draws: Int, bins: Int) {
      self.name = name
      self.ranks = ranks
      var histogram = [Int](repeating: 0, count: bins)
      for rank in ranks { histogram[rank * bins / (draws + 1)] += 1 }
      let expected = Double(ranks.count) / Double(bins)
      chiSquare = histogram.reduce(0) {
        $0 + (Double($1) - expected) * (Double($1) - expected) / expected
      }
      self.histogram = histogram
      pValue = Special.gammaQ(Double(bins - 1) / 2, chiSquare / 2)
    }
  }

  public let entries: [Entry]

  /// The smallest p-value times the number of quantities (Bonferroni), at most 1: small if any
  /// histogram is uneven.
  public var pValue: Double {
    min(1, Double(entries.count) * (entries.map(\.pValue).min() ?? 1))
  }
}

extension CalibrationReport: CustomStringConvertible {
  /// A line for each quantity: its name, its histogram, its p-value.
  public var description: String {
    let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    return entries.map { entry in
      let highest = max(entry.histogram.max() ?? 1, 1)
      let picture = String(entry.histogram.map { bars[$0 * (bars.count - 1) / highest] })
      return "\(entry.name): \(picture) p = \(entry.pValue)"
    }.joined(separator: "\n")
  }
}
