/// A vector of real numbers.
public typealias Vector = [Double]

/// A dense matrix of real numbers, stored by rows.
///
/// Sizes that do not fit are misuse and trap; numbers are never checked.
@frozen
public struct DenseMatrix: Equatable, Sendable {
  public let rows: Int
  public let columns: Int
  /// Element (i, j) is at `i * columns + j`.
  public var elements: [Double]

  /// A matrix of the given elements, by rows; their number must be `rows * columns`.
  @inlinable
  public init(rows: Int, columns: Int, elements: [Double]) {
    require(
      rows >= 0 && columns >= 0 && elements.count == rows * columns,
      "\(elements.count) elements for \(rows) × \(columns)")
    self.rows = rows
    self.columns = columns
    self.elements = elements
  }

  /// A matrix with the same number everywhere.
  @inlinable
  public init(rows: Int, columns: Int, repeating element: Double = 0) {
    self.init(
      rows: rows, columns: columns,
      elements: [Double](repeating: element, count: rows * columns))
  }

  /// A matrix of the given rows, which must be equally long.
  @inlinable
  public init(rows: [[Double]]) {
    let columns = rows.first?.count ?? 0
    require(
      rows.allSatisfy { $0.count == columns }, "rows of lengths \(rows.map(\.count))")
    self.init(rows: rows.count, columns: columns, elements: rows.flatMap { $0 })
  }

  /// The diagonal matrix of `diagonal`.
  @inlinable
  public init(diagonal: Vector) {
    self.init(rows: diagonal.count, columns: diagonal.count)
    for index in diagonal.indices { self[index, index] = diagonal[index] }
  }

  /// The n × n identity.
  @inlinable
  public static func identity(_ n: Int) -> DenseMatrix {
    DenseMatrix(diagonal: Vector(repeating: 1, count: n))
  }

  /// The matrix of one column.
  @inlinable
  public init(column: Vector) {
    self.init(rows: column.count, columns: 1, elements: column)
  }

  @inlinable
  public subscript(row: Int, column: Int) -> Double {
    get { elements[row &* columns &+ column] }
    set { elements[row &* columns &+ column] = newValue }
  }

  @inlinable
  public func row(_ index: Int) -> Vector {
    Vector(elements[(index * columns)..<((index + 1) * columns)])
  }

  @inlinable
  public func column(_ index: Int) -> Vector {
    (0..<rows).map { self[$0, index] }
  }

  /// The elements (i, i).
  @inlinable
  public var diagonal: Vector {
    (0..<Swift.min(rows, columns)).map { self[$0, $0] }
  }

  /// The sum of the diagonal.
  @inlinable
  public var trace: Double {
    diagonal.reduce(0, +)
  }

  @inlinable
  public var isSquare: Bool { rows == columns }

  @inlinable
  public var transposed: DenseMatrix {
    var result = DenseMatrix(rows: columns, columns: rows)
    for i in 0..<rows {
      for j in 0..<columns { result[j, i] = self[i, j] }
    }
    return result
  }

  /// Whether each element equals its mirror image up to `tolerance` times the largest of the two
  /// diagonal elements' geometric mean.
  ///
  /// Rounding of a product like A S Aᵀ leaves about 1e-16 of that.
  public func isSymmetric(tolerance: Double = 1e-9) -> Bool {
    guard isSquare else { return false }
    for i in 0..<rows {
      for j in 0..<i {
        let scale = (self[i, i] * self[j, j]).magnitude.squareRoot()
        // Negated, so that NaN is not symmetric.
        if !((self[i, j] - self[j, i]).magnitude <= tolerance * scale) { return false }
      }
    }
    return true
  }

  /// Replaces each element by its mean with its mirror image.
  @inlinable
  public mutating func symmetrize() {
    require(isSquare, "\(rows) × \(columns) is not square")
    for i in 0..<rows {
      for j in 0..<i {
        let mean = 0.5 * (self[i, j] + self[j, i])
        self[i, j] = mean
        self[j, i] = mean
      }
    }
  }

  /// Adds `scale` · v vᵀ, keeping symmetric what is symmetric.
  @inlinable
  public mutating func addOuterProduct(_ v: Vector, scale: Double = 1) {
    require(
      rows == v.count && columns == v.count, "\(rows) × \(columns) and a vector of \(v.count)")
    for i in 0..<rows {
      for j in 0..<columns { self[i, j] += scale * (v[i] * v[j]) }
    }
  }

  /// vᵀ · self · w.
  @inlinable
  public func form(_ v: Vector, _ w: Vector) -> Double {
    dot(v, self * w)
  }
}

/// Σ a[i] b[i].
@inlinable
public func dot(_ a: Vector, _ b: Vector) -> Double {
  require(a.count == b.count, "vectors of \(a.count) and \(b.count)")
  var sum = 0.0
  for index in a.indices { sum += a[index] * b[index] }
  return sum
}

extension DenseMatrix {
  @inlinable
  public static func + (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
    var left = left
    left += right
    return left
  }

  @inlinable
  public static func += (left: inout DenseMatrix, right: DenseMatrix) {
    left.requireSameSize(right)
    for index in left.elements.indices { left.elements[index] += right.elements[index] }
  }

  @inlinable
  public static func - (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
    var left = left
    left -= right
    return left
  }

  @inlinable
  public static func -= (left: inout DenseMatrix, right: DenseMatrix) {
    left.requireSameSize(right)
    for index in left.elements.indices { left.elements[index] -= right.elements[index] }
  }

  @inlinable
  public static func * (scale: Double, matrix: DenseMatrix) -> DenseMatrix {
    var matrix = matrix
    for index in matrix.elements.indices { matrix.elements[index] *= scale }
    return matrix
  }

  @inlinable
  public static func * (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
    require(
      left.columns == right.rows,
      "\(left.rows) × \(left.columns) times \(right.rows) × \(right.columns)")
    var product = DenseMatrix(rows: left.rows, columns: right.columns)
    for i in 0..<left.rows {
      for k in 0..<left.columns {
        let factor = left[i, k]
        for j in 0..<right.columns { product[i, j] += factor * right[k, j] }
      }
    }
    return product
  }

  @inlinable
  public static func * (matrix: DenseMatrix, v: Vector) -> Vector {
    require(
      matrix.columns == v.count, "\(matrix.rows) × \(matrix.columns) times a vector of \(v.count)")
    return (0..<matrix.rows).map { i in
      var sum = 0.0
      for j in 0..<matrix.columns { sum += matrix[i, j] * v[j] }
      return sum
    }
  }

  /// `transposed * v`, without transposing.
  @inlinable
  public func transposedTimes(_ v: Vector) -> Vector {
    require(rows == v.count, "(\(rows) × \(columns))ᵀ times a vector of \(v.count)")
    var product = Vector(repeating: 0, count: columns)
    for i in 0..<rows {
      for j in 0..<columns { product[j] += self[i, j] * v[i] }
    }
    return product
  }

  @usableFromInline
  func requireSameSize(_ other: DenseMatrix) {
    require(
      rows == other.rows && columns == other.columns,
      "\(rows) × \(columns) and \(other.rows) × \(other.columns)")
  }
}
