/// A vector of affine expressions of random variables: `matrix * x + c`.
///
/// Like `Affine`, a normal form: how it was written does not matter.
public struct AffineVector: Equatable, Sendable {
  public var elements: [Affine]

  public init(_ elements: [Affine]) {
    self.elements = elements
  }

  /// The components of a random vector.
  public init(_ vector: Random<[Double]>) {
    elements = (0..<vector.count).map { Affine(vector[$0]) }
  }

  /// A vector of numbers.
  public init(_ numbers: [Double]) {
    elements = numbers.map { Affine($0) }
  }

  public var count: Int { elements.count }

  /// matrix · vector.
  static func product(_ matrix: DenseMatrix, _ vector: AffineVector) -> AffineVector {
    require(
      matrix.columns == vector.count,
      "\(matrix.rows) × \(matrix.columns) times a vector of \(vector.count)")
    return AffineVector(
      (0..<matrix.rows).map { row in
        var sum = Affine(0)
        for column in 0..<matrix.columns where matrix[row, column] != 0 {
          sum.add(vector.elements[column], times: matrix[row, column])
        }
        return sum
      })
  }

  func adding(_ other: AffineVector, times factor: Double) -> AffineVector {
    require(count == other.count, "vectors of \(count) and \(other.count)")
    var result = self
    for (index, element) in other.elements.enumerated() {
      result.elements[index].add(element, times: factor)
    }
    return result
  }
}

/// What can stand for the mean of a normal vector.
public protocol AffineVectorConvertible: Sendable {
  /// The same as a normal form.
  var affineVector: AffineVector { get }
}

extension AffineVector: AffineVectorConvertible {
  public var affineVector: AffineVector { self }
}

extension Random: AffineVectorConvertible where Value == [Double] {
  public var affineVector: AffineVector { AffineVector(self) }
}

extension Array: AffineVectorConvertible where Element: AffineConvertible {
  public var affineVector: AffineVector { AffineVector(map(\.affine)) }
}

extension AffineVector {
  public static func + (left: AffineVector, right: AffineVector) -> AffineVector {
    left.adding(right, times: 1)
  }

  public static func - (left: AffineVector, right: AffineVector) -> AffineVector {
    left.adding(right, times: -1)
  }

  public static func + (left: AffineVector, right: [Double]) -> AffineVector {
    left + AffineVector(right)
  }

  public static func - (left: AffineVector, right: [Double]) -> AffineVector {
    left - AffineVector(right)
  }

  public static func + (left: [Double], right: AffineVector) -> AffineVector { right + left }

  public static func - (left: [Double], right: AffineVector) -> AffineVector {
    AffineVector(left) - right
  }

  public static func * (left: Double, right: AffineVector) -> AffineVector {
    AffineVector(right.elements.map { left * $0 })
  }

  public static prefix func - (operand: AffineVector) -> AffineVector { -1 * operand }
}

extension Random where Value == [Double] {
  public static func + (left: Random<[Double]>, right: Random<[Double]>) -> AffineVector {
    AffineVector(left) + AffineVector(right)
  }

  public static func - (left: Random<[Double]>, right: Random<[Double]>) -> AffineVector {
    AffineVector(left) - AffineVector(right)
  }

  public static func + (left: AffineVector, right: Random<[Double]>) -> AffineVector {
    left + AffineVector(right)
  }

  public static func - (left: AffineVector, right: Random<[Double]>) -> AffineVector {
    left - AffineVector(right)
  }

  public static func + (left: Random<[Double]>, right: [Double]) -> AffineVector {
    AffineVector(left) + right
  }

  public static func - (left: Random<[Double]>, right: [Double]) -> AffineVector {
    AffineVector(left) - right
  }

  public static func * (left: Double, right: Random<[Double]>) -> AffineVector {
    left * AffineVector(right)
  }
}

extension DenseMatrix {
  /// The affine vector matrix · x.
  public static func * (matrix: DenseMatrix, vector: Random<[Double]>) -> AffineVector {
    .product(matrix, AffineVector(vector))
  }

  /// The affine vector matrix · x.
  public static func * (matrix: DenseMatrix, vector: AffineVector) -> AffineVector {
    .product(matrix, vector)
  }
}

/// A number that may be random times a known matrix, or times a random one.
public struct ScaledMatrix: Sendable {
  var scale: Proportional
  /// Unused where there is a variable.
  var matrix: DenseMatrix
  /// The random matrix.
  var variable: UInt64?
  /// It is the inverse of the variable, a precision, that is meant.
  var isInverted = false
}

/// What can stand for the covariance of a normal vector.
public protocol CovarianceConvertible: Sendable {
  /// The same as a normal form.
  var scaledMatrix: ScaledMatrix { get }
}

extension ScaledMatrix: CovarianceConvertible {
  public var scaledMatrix: ScaledMatrix { self }
}

extension DenseMatrix: CovarianceConvertible {
  public var scaledMatrix: ScaledMatrix {
    ScaledMatrix(scale: Proportional(coefficient: 1), matrix: self)
  }

  /// A covariance in units of a random variance.
  public static func * (scale: Random<Double>, matrix: DenseMatrix) -> ScaledMatrix {
    ScaledMatrix(scale: scale.proportional, matrix: matrix)
  }

  /// A covariance in units of a random variance.
  public static func * (scale: Proportional, matrix: DenseMatrix) -> ScaledMatrix {
    ScaledMatrix(scale: scale, matrix: matrix)
  }

  /// A covariance divided by a random precision.
  public static func / (matrix: DenseMatrix, precision: Random<Double>) -> ScaledMatrix {
    ScaledMatrix(scale: 1 / precision, matrix: matrix)
  }
}
