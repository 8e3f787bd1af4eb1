extension Affine {
  @inlinable
  @inline(__always)
  public static func + (left: Affine, right: Affine) -> Affine {
    left.adding(right, times: 1)
  }

  @inlinable
  @inline(__always)
  public static func + (left: Affine, right: Double) -> Affine {
    left.adding(right)
  }

  @inlinable
  @inline(__always)
  public static func + (left: Affine, right: Random<Double>) -> Affine {
    left.adding(right, times: 1)
  }

  @inlinable
  @inline(__always)
  public static func + (left: Double, right: Affine) -> Affine {
    right + left
  }

  @inlinable
  @inline(__always)
  public static func + (left: Random<Double>, right: Affine) -> Affine {
    Affine(left).adding(right, times: 1)
  }

  @inlinable
  @inline(__always)
  public static func - (left: Affine, right: Affine) -> Affine {
    left.adding(right, times: -1)
  }

  @inlinable
  @inline(__always)
  public static func - (left: Affine, right: Double) -> Affine {
    left.adding(-right)
  }

  @inlinable
  @inline(__always)
  public static func - (left: Affine, right: Random<Double>) -> Affine {
    left.adding(right, times: -1)
  }

  @inlinable
  @inline(__always)
  public static func - (left: Double, right: Affine) -> Affine {
    (-right).adding(left)
  }

  @inlinable
  @inline(__always)
  public static func - (left: Random<Double>, right: Affine) -> Affine {
    Affine(left).adding(right, times: -1)
  }

  @inlinable
  @inline(__always)
  public static func * (left: Affine, right: Double) -> Affine {
    left.times(right)
  }

  @inlinable
  @inline(__always)
  public static func * (left: Double, right: Affine) -> Affine {
    right * left
  }

  @inlinable
  @inline(__always)
  public static func / (left: Affine, right: Double) -> Affine {
    left.divided(by: right)
  }

  @inlinable
  @inline(__always)
  public static prefix func - (operand: Affine) -> Affine {
    operand.times(-1)
  }
}

extension Random where Value == Double {
  @inlinable
  @inline(__always)
  public static func + (left: Random<Double>, right: Random<Double>) -> Affine {
    Affine(ShortAffine(1, left, 1, right))
  }

  @inlinable
  @inline(__always)
  public static func + (left: Random<Double>, right: Double) -> Affine {
    Affine(ShortAffine(1, left, plus: right))
  }

  @inlinable
  @inline(__always)
  public static func + (left: Double, right: Random<Double>) -> Affine {
    Affine(ShortAffine(1, right, plus: left))
  }

  @inlinable
  @inline(__always)
  public static func - (left: Random<Double>, right: Random<Double>) -> Affine {
    Affine(ShortAffine(1, left, -1, right))
  }

  @inlinable
  @inline(__always)
  public static func - (left: Random<Double>, right: Double) -> Affine {
    Affine(ShortAffine(1, left, plus: -right))
  }

  @inlinable
  @inline(__always)
  public static func - (left: Double, right: Random<Double>) -> Affine {
    Affine(ShortAffine(-1, right, plus: left))
  }

  @inlinable
  @inline(__always)
  public static func * (left: Random<Double>, right: Double) -> Affine {
    Affine(ShortAffine(right, left))
  }

  @inlinable
  @inline(__always)
  public static func * (left: Double, right: Random<Double>) -> Affine {
    Affine(ShortAffine(left, right))
  }

  @inlinable
  @inline(__always)
  public static func / (left: Random<Double>, right: Double) -> Affine {
    Affine(ShortAffine(1 / right, left))
  }

  @inlinable
  @inline(__always)
  public static prefix func - (operand: Random<Double>) -> Affine {
    Affine(ShortAffine(-1, operand))
  }
}

/// Σ coefficients[i]·variables[i].
@inlinable
public func dot(_ coefficients: [Double], _ variables: [Random<Double>]) -> Affine {
  require(
    coefficients.count == variables.count, "dot: \(coefficients.count) != \(variables.count)")
  var result = Affine(0)
  for (coefficient, variable) in zip(coefficients, variables) {
    result.add(variable, times: coefficient)
  }
  return result
}

/// Σ coefficients[i]·vector[i].
@inlinable
public func dot(_ coefficients: [Double], _ vector: Random<[Double]>) -> Affine {
  require(
    coefficients.count == vector.count, "dot: \(coefficients.count) != \(vector.count)")
  var result = Affine(0)
  for (index, coefficient) in coefficients.enumerated() {
    result.add(vector[index], times: coefficient)
  }
  return result
}

/// Σ coefficients[i]·vector[i].
@inlinable
public func dot(_ vector: Random<[Double]>, _ coefficients: [Double]) -> Affine {
  dot(coefficients, vector)
}

/// Σ coefficients[i]·variables[i].
@inlinable
public func dot(_ variables: [Random<Double>], _ coefficients: [Double]) -> Affine {
  dot(coefficients, variables)
}
