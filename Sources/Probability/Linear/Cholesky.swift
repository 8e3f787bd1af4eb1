public import Glibc

/// The lower triangular factor L of a symmetric positive definite matrix L Lᵀ.
///
/// Source: Golub, Van Loan, "Matrix computations" (4th ed.), 4.2 and 6.5.4.
@frozen
public struct Cholesky: Equatable, Sendable {
  /// L: its diagonal positive, zeros above it.
  public var lower: DenseMatrix

  /// Factors `matrix`, of which only the lower triangle is read.
  ///
  /// `nil` if it is not positive definite to working precision, not square or not finite.
  ///
  /// - Complexity: n³/3 multiplications.
  @inlinable
  public init?(_ matrix: DenseMatrix) {
    guard matrix.isSquare else { return nil }
    let n = matrix.rows
    var lower = DenseMatrix(rows: n, columns: n)
    for j in 0..<n {
      var pivot = matrix[j, j]
      for k in 0..<j { pivot -= lower[j, k] * lower[j, k] }
      guard pivot > 0, pivot < .infinity else { return nil }
      let root = pivot.squareRoot()
      lower[j, j] = root
      for i in (j + 1)..<Swift.max(n, j + 1) {
        var sum = matrix[i, j]
        for k in 0..<j { sum -= lower[i, k] * lower[j, k] }
        guard sum.isFinite else { return nil }
        lower[i, j] = sum / root
      }
    }
    self.init(unchecked: lower)
  }

  /// From a lower triangular matrix with a positive diagonal.
  @inlinable
  init(unchecked lower: DenseMatrix) {
    self.lower = lower
  }

  @inlinable
  public var dimension: Int { lower.rows }

  /// log det(L Lᵀ).
  @inlinable
  public var logDeterminant: Double {
    var sum = 0.0
    for index in 0..<dimension { sum += log(lower[index, index]) }
    return 2 * sum
  }

  /// The solution of L y = v.
  @inlinable
  public func solveLower(_ v: Vector) -> Vector {
    requireDimension(v.count)
    var y = v
    for i in 0..<dimension {
      for k in 0..<i { y[i] -= lower[i, k] * y[k] }
      y[i] /= lower[i, i]
    }
    return y
  }

  /// The solution of Lᵀ x = v.
  @inlinable
  public func solveUpper(_ v: Vector) -> Vector {
    requireDimension(v.count)
    var x = v
    for i in stride(from: dimension - 1, through: 0, by: -1) {
      for k in (i + 1)..<Swift.max(dimension, i + 1) { x[i] -= lower[k, i] * x[k] }
      x[i] /= lower[i, i]
    }
    return x
  }

  /// The solution of L Lᵀ x = v.
  @inlinable
  public func solve(_ v: Vector) -> Vector {
    solveUpper(solveLower(v))
  }

  /// The solution of L Y = B, column by column.
  @inlinable
  public func solveLower(_ b: DenseMatrix) -> DenseMatrix {
    mapColumns(b) { solveLower($0) }
  }

  /// The solution of L Lᵀ X = B.
  @inlinable
  public func solve(_ b: DenseMatrix) -> DenseMatrix {
    mapColumns(b) { solve($0) }
  }

  /// The inverse of L Lᵀ, exactly symmetric.
  @inlinable
  public func inverse() -> DenseMatrix {
    var inverse = solve(.identity(dimension))
    inverse.symmetrize()
    return inverse
  }

  /// L Lᵀ.
  @inlinable
  public var matrix: DenseMatrix {
    lower * lower.transposed
  }

  /// vᵀ (L Lᵀ)⁻¹ v, the squared Mahalanobis length.
  @inlinable
  public func squaredLength(_ v: Vector) -> Double {
    let y = solveLower(v)
    return dot(y, y)
  }

  /// Turns the factor of A into that of A + v vᵀ.
  ///
  /// - Complexity: O(n²).
  @inlinable
  public mutating func update(_ v: Vector) {
    requireDimension(v.count)
    var v = v
    for k in 0..<dimension {
      let pivot = lower[k, k]
      let root = hypot(pivot, v[k])
      let cosine = root / pivot
      let sine = v[k] / pivot
      lower[k, k] = root
      for i in (k + 1)..<Swift.max(dimension, k + 1) {
        lower[i, k] = (lower[i, k] + sine * v[i]) / cosine
        v[i] = cosine * v[i] - sine * lower[i, k]
      }
    }
  }

  /// Turns the factor of A into that of A − v vᵀ; `false`, and no change, if that is not positive
  /// definite.
  ///
  /// - Complexity: O(n²).
  @inlinable
  public mutating func downdate(_ v: Vector) -> Bool {
    requireDimension(v.count)
    var result = lower
    var v = v
    for k in 0..<dimension {
      let pivot = result[k, k]
      let square = (pivot - v[k]) * (pivot + v[k])
      guard square > 0 else { return false }
      let root = square.squareRoot()
      let cosine = root / pivot
      let sine = v[k] / pivot
      result[k, k] = root
      for i in (k + 1)..<Swift.max(dimension, k + 1) {
        result[i, k] = (result[i, k] - sine * v[i]) / cosine
        v[i] = cosine * v[i] - sine * result[i, k]
      }
    }
    lower = result
    return true
  }

  @usableFromInline
  func requireDimension(_ count: Int) {
    require(count == dimension, "a vector of \(count) for a matrix of \(dimension)")
  }

  @inlinable
  func mapColumns(_ b: DenseMatrix, _ transform: (Vector) -> Vector) -> DenseMatrix {
    requireDimension(b.rows)
    var result = b
    for j in 0..<b.columns {
      let column = transform(b.column(j))
      for i in 0..<b.rows { result[i, j] = column[i] }
    }
    return result
  }
}
