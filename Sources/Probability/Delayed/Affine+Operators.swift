extension Affine {
  @inlinable
  public static func + (left: Affine, right: Affine) -> Affine {
    var result = left
    result.add(right, times: 1)
    return result
  }

  @inlinable
  public static func + (left: Affine, right: Double) -> Affine {
    var result = left
    result.constant += right
    return result
  }

  @inlinable
  public static func + (left: Affine, right: Random<Double>) -> Affine {
    var result = left
    result.add(right, times: 1)
    return result
  }

  @inlinable
  public static func + (left: Double, right: Affine) -> Affine {
    right + left
  }

  @inlinable
  public static func + (left: Random<Double>, right: Affine) -> Affine {
    // Mostly the older variable comes first, so that terms are appended in order.
    var result = Affine(left)
    result.add(right, times: 1)
    return result
  }

  @inlinable
  public static func - (left: Affine, right: Affine) -> Affine {
    var result = left
    result.add(right, times: -1)
    return result
  }

  @inlinable
  public static func - (left: Affine, right: Double) -> Affine {
    var result = left
    result.constant -= right
    return result
  }

  @inlinable
  public static func - (left: Affine, right: Random<Double>) -> Affine {
    var result = left
    result.add(right, times: -1)
    return result
  }

  @inlinable
  public static func - (left: Double, right: Affine) -> Affine {
    var result = -right
    result.constant += left
    return result
  }

  @inlinable
  public static func - (left: Random<Double>, right: Affine) -> Affine {
    var result = -right
    result.add(left, times: 1)
    return result
  }

  @inlinable
  public static func * (left: Affine, right: Double) -> Affine {
    var result = left
    result.scale(by: right)
    return result
  }

  @inlinable
  public static func * (left: Double, right: Affine) -> Affine {
    right * left
  }

  @inlinable
  public static func / (left: Affine, right: Double) -> Affine {
    var result = left
    result.divide(by: right)
    return result
  }

  @inlinable
  public static prefix func - (operand: Affine) -> Affine {
    operand * -1
  }
}

extension Random where Value == Double {
  @inlinable
  public static func + (left: Random<Double>, right: Random<Double>) -> Affine {
    var result = Affine(left)
    result.add(right, times: 1)
    return result
  }

  @inlinable
  public static func + (left: Random<Double>, right: Double) -> Affine {
    var result = Affine(left)
    result.constant += right
    return result
  }

  @inlinable
  public static func + (left: Double, right: Random<Double>) -> Affine {
    var result = Affine(right, times: 1)
    result.constant += left
    return result
  }

  @inlinable
  public static func - (left: Random<Double>, right: Random<Double>) -> Affine {
    var result = Affine(left)
    result.add(right, times: -1)
    return result
  }

  @inlinable
  public static func - (left: Random<Double>, right: Double) -> Affine {
    var result = Affine(left)
    result.constant -= right
    return result
  }

  @inlinable
  public static func - (left: Double, right: Random<Double>) -> Affine {
    var result = Affine(right, times: -1)
    result.constant += left
    return result
  }

  @inlinable
  public static func * (left: Random<Double>, right: Double) -> Affine {
    Affine(left, times: right)
  }

  @inlinable
  public static func * (left: Double, right: Random<Double>) -> Affine {
    Affine(right, times: left)
  }

  @inlinable
  public static func / (left: Random<Double>, right: Double) -> Affine {
    var result = Affine(left)
    result.divide(by: right)
    return result
  }

  @inlinable
  public static prefix func - (operand: Random<Double>) -> Affine {
    Affine(operand, times: -1)
  }
}

/// Σ coefficients[i]·variables[i].
@inlinable
public func dot(_ coefficients: [Double], _ variables: [Random<Double>]) -> Affine {
  precondition(
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
  precondition(
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
