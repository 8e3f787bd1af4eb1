/// A symmetric positive definite matrix in a differentiable program, known or computed from other
/// variables: a covariance, or the scale of a distribution.
///
/// It is kept as its lower triangular factor L, of L Lᵀ. If it is not positive definite, every
/// density that it is in is NaN.
@frozen
public struct CovarianceMatrix<Number: RealNumber> {
  public let dimension: Int
  /// The rows of L up to the diagonal, one after the other.
  @usableFromInline let lower: [Number]

  @inlinable
  init(dimension: Int, lower: [Number]) {
    self.dimension = dimension
    self.lower = lower
  }

  /// From the factor of a known matrix: to be used where the same matrix is used in every run.
  @inlinable
  public init(_ factor: Cholesky) {
    let n = factor.dimension
    self.init(
      dimension: n, lower: (0..<n).flatMap { i in (0...i).map { Number(factor.lower[i, $0]) } })
  }

  /// A known matrix, factored anew in every run.
  @inlinable
  public init(_ matrix: DenseMatrix) {
    if let factor = Cholesky(soundCovariance: matrix) {
      self.init(factor)
    } else {
      let n = matrix.rows
      self.init(dimension: n, lower: [Number](repeating: Number(.nan), count: n * (n + 1) / 2))
    }
  }

  /// A matrix by its rows, of which only what is left of the diagonal, and the diagonal, is read.
  ///
  /// - Complexity: n³/3 operations on the tape.
  @inlinable
  public init(rows: [[Number]]) {
    var lower: [Number] = []
    for (i, row) in rows.enumerated() {
      require(row.count > i, "row \(i) of a matrix has \(row.count) numbers")
      let start = lower.count
      for j in 0...i {
        var sum = row[j]
        let other = j * (j + 1) / 2
        for k in 0..<j { sum -= lower[start + k] * lower[other + k] }
        let isPivot = i == j
        // A singular matrix has no density either.
        lower.append(
          isPivot ? .sqrt(sum.number > 0 ? sum : Number(.nan)) : sum / lower[other + j])
      }
    }
    self.init(dimension: rows.count, lower: lower)
  }

  /// D S D for this matrix S and the diagonal matrix D of `scales`, which must be positive: with
  /// correlations for S, the covariance of numbers with these standard deviations.
  @inlinable
  public func scaled(_ scales: [Number]) -> CovarianceMatrix {
    require(scales.count == dimension, "\(scales.count) scales for \(dimension) dimensions")
    var scaled = lower
    var index = 0
    for (i, scale) in scales.enumerated() {
      // With a negative scale the product would be the covariance of other numbers.
      let factor = scale.number > 0 ? scale : Number(.nan)
      for _ in 0...i {
        scaled[index] = factor * lower[index]
        index += 1
      }
    }
    return CovarianceMatrix(dimension: dimension, lower: scaled)
  }

  /// Element (`row`, `column`) of the matrix.
  @inlinable
  public subscript(row: Int, column: Int) -> Number {
    var sum = Number(0)
    for k in 0...Swift.min(row, column) { sum += self.factor(row, k) * self.factor(column, k) }
    return sum
  }

  /// The elements up to the diagonal, row by row.
  @inlinable
  public var lowerTriangle: [Number] {
    (0..<dimension).flatMap { i in (0...i).map { self[i, $0] } }
  }

  /// L v: with independent standard normal numbers for v, numbers with this covariance.
  @inlinable
  public func factorTimes(_ v: [Number]) -> [Number] {
    require(v.count == dimension, "\(v.count) numbers for \(dimension) dimensions")
    return (0..<dimension).map { i in
      var sum = Number(0)
      for k in 0...i { sum += self.factor(i, k) * v[k] }
      return sum
    }
  }

  /// Element (i, j) of L, for j ≤ i.
  @inlinable
  func factor(_ i: Int, _ j: Int) -> Number { lower[i * (i + 1) / 2 + j] }

  /// log det(L Lᵀ).
  @inlinable
  var logDeterminant: Number {
    var sum = Number(0)
    for i in 0..<dimension { sum += .log(self.factor(i, i)) }
    return sum * 2
  }

  /// The sum of the squares of L⁻¹ M, for another such factor M: tr((L Lᵀ)⁻¹ M Mᵀ).
  @inlinable
  func traceOfRatio(_ other: CovarianceMatrix) -> Number {
    require(other.dimension == dimension, "\(other.dimension) and \(dimension) dimensions")
    var trace = Number(0)
    for j in 0..<dimension {
      // Column j of L⁻¹ M, from the diagonal down.
      var column: [Number] = []
      for i in j..<dimension {
        var sum = other.factor(i, j)
        for k in j..<i { sum -= self.factor(i, k) * column[k - j] }
        let element = sum / self.factor(i, i)
        trace += element * element
        column.append(element)
      }
    }
    return trace
  }

  /// L as it is in this run.
  @inlinable
  var numbers: Cholesky {
    var matrix = DenseMatrix(rows: dimension, columns: dimension)
    for i in 0..<dimension {
      for j in 0...i { matrix[i, j] = self.factor(i, j).number }
    }
    return Cholesky(unchecked: matrix)
  }
}

extension CovarianceMatrix: Sendable where Number: Sendable {}

extension CovarianceMatrix where Number == Double {
  /// The matrix L Lᵀ.
  @inlinable
  public var matrix: DenseMatrix { numbers.matrix }
}
