/// A number times a random variable, or times its inverse, or just a number.
///
/// What can stand for a rate, a scale or a variance: `2 * rate`, `variance / 4`, `1 / precision`.
@frozen
public struct Proportional: Sendable {
  @usableFromInline var coefficient: Double
  @usableFromInline var variable: Random<Double>?
  /// The variable is divided by, not multiplied with.
  @usableFromInline var isInverted: Bool
  /// Any other affine expression: nothing is conjugate to it, so it is evaluated. One or none.
  @usableFromInline var general: [Affine]

  @inlinable
  init(
    coefficient: Double, variable: Random<Double>? = nil, isInverted: Bool = false,
    general: [Affine] = []
  ) {
    self.coefficient = coefficient
    self.variable = variable
    self.isInverted = isInverted
    self.general = general
  }

  /// The number that this is, or nil if there is a variable in it.
  @inlinable
  var number: Double? {
    variable == nil && general.isEmpty ? coefficient : nil
  }
}

/// What can stand for a rate, a scale or a variance.
public protocol ProportionalConvertible: Sendable {
  /// The same as a normal form.
  var proportional: Proportional { get }

  /// The number that this is, or nil if there is a variable in it.
  var scaleNumber: Double? { get }

  /// Whether all values of this type are numbers.
  static var isScaleNumber: Bool { get }
}

extension ProportionalConvertible {
  @inlinable public var scaleNumber: Double? { proportional.number }

  @inlinable
  @inline(__always)
  public static var isScaleNumber: Bool { false }
}

extension Proportional: ProportionalConvertible {
  @inlinable public var proportional: Proportional { self }
}

extension Double: ProportionalConvertible {
  @inlinable public var proportional: Proportional { Proportional(coefficient: self) }

  @inlinable
  @inline(__always)
  public static var isScaleNumber: Bool { true }

  @inlinable
  @inline(__always)
  public var scaleNumber: Double? { self }
}

extension Random: ProportionalConvertible where Value == Double {
  @inlinable
  public var proportional: Proportional {
    if let known { return Proportional(coefficient: known) }
    return Proportional(coefficient: 1, variable: self)
  }
}

extension Affine: ProportionalConvertible {
  @inlinable
  public var proportional: Proportional {
    if !isNormal { return normalized().proportional }
    if termCount == 0 { return Proportional(coefficient: constant) }
    if termCount == 1 && constant == 0 {
      let term = term(0)
      return Proportional(coefficient: term.coefficient, variable: Random(bits: term.bits))
    }
    return Proportional(coefficient: 1, general: [self])
  }
}

extension Random where Value == Double {
  /// `left` divided by a random variable, like the variance that belongs to a precision.
  @inlinable
  public static func / (left: Double, right: Random<Double>) -> Proportional {
    if let known = right.known { return Proportional(coefficient: left / known) }
    return Proportional(coefficient: left, variable: right, isInverted: true)
  }
}

extension Affine {
  /// `left` divided by an expression.
  @inlinable
  public static func / (left: Double, right: Affine) -> Proportional {
    let divisor = right.proportional
    return Proportional(
      coefficient: left / divisor.coefficient, variable: divisor.variable, isInverted: true,
      general: divisor.general)
  }
}

extension Proportional {
  @inlinable
  public static func * (left: Double, right: Proportional) -> Proportional {
    var result = right
    result.coefficient *= left
    return result
  }

  @inlinable
  public static func * (left: Proportional, right: Double) -> Proportional { right * left }

  @inlinable
  public static func / (left: Proportional, right: Double) -> Proportional {
    var result = left
    result.coefficient /= right
    return result
  }
}
