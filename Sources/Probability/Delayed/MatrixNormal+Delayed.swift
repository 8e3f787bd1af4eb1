// Random covariances, and matrices and vectors that have them.

extension DenseMatrix: RandomValue {
  public static func bits(of value: DenseMatrix) -> UInt64? { nil }

  public static func value(ofBits bits: UInt64) -> DenseMatrix {
    fatalError("a matrix does not fit into a handle")
  }

  public static func value(ofNumber number: Double) -> DenseMatrix? { nil }

  public static func number(of value: DenseMatrix) -> Double { .nan }

  /// The numbers of rows and of columns come first.
  public static func value(ofNumbers numbers: [Double]) -> DenseMatrix {
    DenseMatrix(
      rows: Int(numbers[0]), columns: Int(numbers[1]), elements: Array(numbers.dropFirst(2)))
  }

  public static func numbers(of value: DenseMatrix) -> [Double] {
    [Double(value.rows), Double(value.columns)] + value.elements
  }
}

extension Random where Value == DenseMatrix {
  /// The rows of a random matrix, each itself a random vector.
  ///
  /// - Parameter count: How many rows the matrix has.
  public func rows(_ count: Int) -> [Random<[Double]>] {
    guard let handle else { fatalError("rows of a matrix that was not assumed") }
    let numbers = handle.count - 2
    require(
      count > 0 && numbers % count == 0, "\(count) rows of a matrix of \(numbers) elements")
    let width = numbers / count
    return (0..<count).map {
      Random<[Double]>(
        Handle(index: handle.index + 2 + $0 * width, count: width, serial: handle.serial))
    }
  }

  /// One element of a random matrix of `count` rows.
  public func element(_ row: Int, _ column: Int, rows count: Int) -> Random<Double> {
    rows(count)[row][column]
  }
}

/// Σ coefficients[i]·vectors[i].
public func dot(_ coefficients: [Double], _ vectors: [Random<[Double]>]) -> AffineVector {
  require(
    coefficients.count == vectors.count && !vectors.isEmpty,
    "dot: \(coefficients.count) coefficients for \(vectors.count) vectors")
  var result = AffineVector([Double](repeating: 0, count: vectors[0].count))
  for (coefficient, vector) in zip(coefficients, vectors) {
    result = result.adding(AffineVector(vector), times: coefficient)
  }
  return result
}

extension DenseMatrix {
  /// The rows of matrix · X, for X by its rows.
  public static func * (matrix: DenseMatrix, rows: [Random<[Double]>]) -> [AffineVector] {
    (0..<matrix.rows).map { dot(matrix.row($0), rows) }
  }
}

extension Random: CovarianceConvertible where Value == DenseMatrix {
  public var scaledMatrix: ScaledMatrix {
    ScaledMatrix(
      scale: Proportional(coefficient: 1), matrix: DenseMatrix(rows: 0, columns: 0),
      variable: bits)
  }

  /// A multiple of a random covariance.
  public static func * (factor: Double, covariance: Random<DenseMatrix>) -> ScaledMatrix {
    var result = covariance.scaledMatrix
    result.scale = Proportional(coefficient: factor)
    return result
  }

  /// The covariance that belongs to a random precision, times a number.
  public static func / (factor: Double, precision: Random<DenseMatrix>) -> ScaledMatrix {
    var result = precision.scaledMatrix
    result.scale = Proportional(coefficient: factor)
    result.isInverted = true
    return result
  }

  /// A multiple of a random covariance.
  public static func / (covariance: Random<DenseMatrix>, divisor: Double) -> ScaledMatrix {
    var result = covariance.scaledMatrix
    result.scale = Proportional(coefficient: 1 / divisor)
    return result
  }
}

/// What can stand for the mean of a normal matrix.
public protocol AffineMatrixConvertible: Sendable {
  /// The rows.
  var affineRows: [AffineVector] { get }
}

extension DenseMatrix: AffineMatrixConvertible {
  public var affineRows: [AffineVector] { (0..<rows).map { AffineVector(row($0)) } }
}

extension Array: AffineMatrixConvertible where Element == AffineVector {
  public var affineRows: [AffineVector] { self }
}

extension InverseWishart: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> InverseWishart { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<DenseMatrix>? {
    guard work.accepts(flaw == nil) else { return nil }
    return Random(graph.assumeWishart(degreesOfFreedom, scale, isInverted: false, &work))
  }
}

extension Wishart: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Wishart { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<DenseMatrix>? {
    guard work.accepts(flaw == nil) else { return nil }
    return Random(graph.assumeWishart(degreesOfFreedom, scale.inverse, isInverted: true, &work))
  }
}

extension MatrixNormal: DelayedDistribution
where Mean: AffineMatrixConvertible, ColumnCovariance: CovarianceConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> MatrixNormal<DenseMatrix, DenseMatrix> {
    let rows = mean.affineRows.map { $0.elements.map { graph.number($0, &work) } }
    return MatrixNormal<DenseMatrix, DenseMatrix>(
      DenseMatrix(rows: rows), rowCovariance: rowCovariance,
      columnCovariance: graph.number(columnCovariance.scaledMatrix, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<DenseMatrix>? {
    guard let (rows, noises) = independentRows(&work) else { return nil }
    let width = rows.first?.count ?? 0
    // Row after row, each given those before it.
    let handle = graph.store(
      [Double(rows.count), Double(width)] + [Double](repeating: 0, count: rows.count * width))
    let whole = Random<DenseMatrix>(handle)
    let lower = UnitFactor(rowCovariance, dimension: rows.count)!.lower
    var residuals: [AffineVector] = []
    for (row, variable) in whole.rows(rows.count).enumerated() {
      var mean = rows[row]
      for other in 0..<row where lower[row, other] != 0 {
        mean = mean.adding(residuals[other], times: lower[row, other])
      }
      graph.assumeRow(
        variable.handle!.index, mean, columnCovariance.scaledMatrix, noises[row], &work)
      residuals.append(AffineVector(variable).adding(mean, times: -1))
    }
    return whole
  }

  public func observe(
    _ value: DenseMatrix, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    guard let (rows, noises) = independentRows(&work) else { return .nan }
    let lower = UnitFactor(rowCovariance, dimension: rows.count)!.lower
    var residuals: [AffineVector] = []
    var result = 0.0
    for row in rows.indices {
      var mean = rows[row]
      for other in 0..<row where lower[row, other] != 0 {
        mean = mean.adding(residuals[other], times: lower[row, other])
      }
      var covariance = columnCovariance.scaledMatrix
      covariance.scale = noises[row] * covariance.scale
      result += MultivariateNormal<AffineVector, ScaledMatrix>(mean, covariance: covariance)
        .observe(value.row(row), &graph, &work)
      residuals.append(AffineVector(value.row(row)).adding(mean, times: -1))
    }
    return result
  }

  /// The means of the rows, and the variance of each given those before it.
  private func independentRows(_ work: inout Workspace) -> ([AffineVector], [Double])? {
    let rows = mean.affineRows
    let factor = UnitFactor(rowCovariance, dimension: rows.count)
    let isSound = !rows.isEmpty && rows.allSatisfy { $0.count == rows[0].count }
    guard work.accepts(isSound && factor != nil), let factor else { return nil }
    return (rows, factor.diagonal)
  }
}

extension DelayedGraph {
  /// The number that a covariance is.
  mutating func number(_ covariance: ScaledMatrix, _ work: inout Workspace) -> DenseMatrix {
    let scale = number(covariance.scale, &work)
    guard let bits = covariance.variable else { return scale * covariance.matrix }
    let matrix = value(Random<DenseMatrix>(bits: bits), &work)
    return scale * (covariance.isInverted ? matrix.inverse : matrix)
  }

  /// A new covariance, or the precision that is its inverse.
  mutating func assumeWishart(
    _ degreesOfFreedom: Double, _ scale: DenseMatrix, isInverted: Bool, _ work: inout Workspace
  ) -> Handle {
    let handle = store(DenseMatrix.numbers(of: scale))
    for position in scale.elements.indices {
      let index = handle.index + 2 + position
      nodes[index].kind = .inverseWishart
      nodes[index].row = Int32(truncatingIfNeeded: position)
      nodes[index].size = Int32(truncatingIfNeeded: scale.elements.count)
    }
    nodes[handle.index + 2].b = degreesOfFreedom
    nodes[handle.index + 2].isInverted = isInverted
    nodes[handle.index + 2].site = work.site
    return handle
  }

  /// A new normal vector in nodes that are there.
  mutating func assumeRow(
    _ first: Int, _ mean: AffineVector, _ covariance: ScaledMatrix, _ noise: Double,
    _ work: inout Workspace
  ) {
    var covariance = covariance
    covariance.scale = noise * covariance.scale
    if let place = matrixPlace(mean, covariance, &work) {
      appendMatrixRow(first, place, site: work.site)
      return
    }
    if covariance.variable != nil {
      let matrix = number(covariance, &work)
      covariance = matrix.scaledMatrix
    }
    assumeNormal(first, mean, covariance.scale, covariance.matrix, &work)
  }
}
