import Glibc

/// The random parameters of a graph in the coordinates in which data adds to them.
///
/// What a piece of data says of conjugate parameters is a vector of statistics, which the update
/// adds to the natural parameters whatever they were before. The density of the data is then, but
/// for a factor that has nothing to do with what was known before, the ratio of the normalizers
/// after and before.
///
/// Source: Wigren, Risuleo, Murray, Lindsten, "Parameter elimination in particle Gibbs sampling"
/// (NeurIPS 2019), section 3.
@usableFromInline
struct NaturalParameters: Sendable {
  enum Family: Equatable {
    case beta
    /// A gamma or inverse-gamma number, and variables that are normal in units of it.
    case scale(rows: [Int32])
    case dirichlet(count: Int)
    case normal(rows: [Int32])
  }

  struct Part: Equatable {
    let family: Family
    let node: Int
  }

  private(set) var parts: [Part] = []
  private(set) var numbers: [Double] = []

  /// Nil if some variable of the graph has no such coordinates, or data of its own that it has not
  /// passed on.
  @usableFromInline
  init?(_ graph: DelayedGraph) {
    if graph.switching >= 0 { return nil }
    if graph.gaussian.count > 0 {
      parts.append(Part(family: .normal(rows: graph.gaussian.owners), node: -1))
      if !append(graph.gaussian) { return nil }
    }
    for (index, node) in graph.nodes.enumerated() {
      if node.marginalChild >= 0 { return nil }
      switch node.kind {
      case .free, .known, .gaussian: continue
      case .beta:
        parts.append(Part(family: .beta, node: index))
        numbers += [node.a, node.b]
      case .dirichlet:
        if node.row == 0 {
          parts.append(Part(family: .dirichlet(count: Int(node.size)), node: index))
        }
        numbers.append(node.a)
      case .gamma, .inverseGamma:
        let rows = node.block > 0 ? graph.scaled[Int(node.block) - 1].rows : GaussianBlock()
        parts.append(Part(family: .scale(rows: rows.owners), node: index))
        numbers += [node.a, node.b]
        let square = numbers.count - 1
        guard append(rows) else { return nil }
        for row in 0..<rows.count {
          numbers[square] += rows.means[row] * numbers[square + 1 + row] / 2
        }
      case .pareto, .poisson, .binomial, .negativeBinomial, .inverseWishart, .matrixRow, .finite,
        .countShare, .gammaShare, .child:
        return nil
      }
    }
  }

  /// Λ m and the lower triangle of Λ, the inverse of the covariance; false if there is none.
  private mutating func append(_ rows: GaussianBlock) -> Bool {
    let count = rows.count
    if count == 0 { return true }
    var covariance = DenseMatrix(rows: count, columns: count)
    for row in 0..<count {
      for column in 0..<count { covariance[row, column] = rows.covariance(row, column) }
    }
    guard let factor = Cholesky(covariance) else { return false }
    numbers += factor.solve(rows.means)
    for row in 0..<count {
      var unit = [Double](repeating: 0, count: count)
      unit[row] = 1
      numbers += factor.solve(unit)[...row]
    }
    return true
  }

  /// After data with the given statistics.
  func adding(_ statistics: [Double]) -> NaturalParameters {
    var result = self
    for (index, number) in statistics.enumerated() { result.numbers[index] += number }
    return result
  }

  /// The logarithm of the normalizer, up to a constant of the families; nil if there is none.
  var logNormalizer: Double? {
    var position = 0
    var total = 0.0
    for part in parts {
      switch part.family {
      case .beta:
        let (a, b) = (numbers[position], numbers[position + 1])
        total += Special.logGamma(a) + Special.logGamma(b) - Special.logGamma(a + b)
        position += 2
      case .dirichlet(let count):
        let concentrations = numbers[position..<position + count]
        for concentration in concentrations { total += Special.logGamma(concentration) }
        total -= Special.logGamma(concentrations.reduce(0, +))
        position += count
      case .normal(let rows):
        guard let (square, logDeterminant) = Self.normal(numbers, position, rows.count) else {
          return nil
        }
        total += (square - logDeterminant) / 2
        position += Self.size(rows.count)
      case .scale(let rows):
        guard let (square, logDeterminant) = Self.normal(numbers, position + 2, rows.count) else {
          return nil
        }
        let (shape, rate) = (numbers[position], numbers[position + 1] - square / 2)
        guard shape > 0 && rate > 0 else { return nil }
        total += Special.logGamma(shape) - shape * log(rate) - logDeterminant / 2
        position += 2 + Self.size(rows.count)
      }
    }
    return total
  }

  /// How many numbers a mean and a precision are.
  private static func size(_ count: Int) -> Int { count + count * (count + 1) / 2 }

  /// mᵀ Λ m and log det Λ of Λ m and Λ.
  private static func normal(
    _ numbers: [Double], _ start: Int, _ count: Int
  ) -> (square: Double, logDeterminant: Double)? {
    if count == 0 { return (0, 0) }
    var precision = DenseMatrix(rows: count, columns: count)
    var position = start + count
    for row in 0..<count {
      for column in 0...row {
        precision[row, column] = numbers[position]
        position += 1
      }
    }
    guard let factor = Cholesky(precision) else { return nil }
    let half = factor.solveLower(Array(numbers[start..<start + count]))
    return (half.reduce(0) { $0 + $1 * $1 }, factor.logDeterminant)
  }
}

/// What a path says of the parameters from each of its steps on.
@usableFromInline
struct PathStatistics: Sendable {
  private struct Moment {
    let parameters: NaturalParameters
    let logNormalizer: Double
    /// Of the path and its data up to there.
    let logDensity: Double
  }

  /// After the start and each step.
  private var moments: [Moment] = []

  @usableFromInline
  init() {}

  /// False if the parameters have no natural coordinates.
  @usableFromInline
  mutating func append(_ graph: DelayedGraph, logDensity: Double) -> Bool {
    guard let parameters = NaturalParameters(graph), let logNormalizer = parameters.logNormalizer
    else { return false }
    moments.append(
      Moment(parameters: parameters, logNormalizer: logNormalizer, logDensity: logDensity))
    return true
  }

  /// The log-density of the path and its data after the first `count` steps, for a particle in the
  /// same state as the path there that knows of the parameters what `graph` knows.
  ///
  /// Nil if that is not in the same form.
  @usableFromInline
  func rest(after count: Int, knowing graph: DelayedGraph) -> Double? {
    let (here, end) = (moments[count], moments[moments.count - 1])
    guard let own = NaturalParameters(graph), own.parts == here.parameters.parts,
      own.parts == end.parameters.parts
    else { return nil }
    let told = zip(end.parameters.numbers, here.parameters.numbers).map { $0 - $1 }
    guard let before = own.logNormalizer, let after = own.adding(told).logNormalizer else {
      return nil
    }
    return end.logDensity - here.logDensity + after - before
      - (end.logNormalizer - here.logNormalizer)
  }
}
