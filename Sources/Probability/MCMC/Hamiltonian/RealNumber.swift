public import Glibc

/// A number that a differentiable program computes with: a `Double`, or one that remembers how it
/// came about.
///
/// Functions are static, as in `.exp(x)`, so that a program works for all of them. Literals
/// convert; for a variable of type `Double` write `Number(x)`.
public protocol RealNumber: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A constant.
  init(_ constant: Double)

  /// The value.
  var number: Double { get }
  /// Whether derivatives by this number are not wanted.
  var isConstant: Bool { get }

  static func + (left: Self, right: Self) -> Self
  static func - (left: Self, right: Self) -> Self
  static func * (left: Self, right: Self) -> Self
  static func / (left: Self, right: Self) -> Self
  static prefix func - (x: Self) -> Self

  /// A number with a value and derivatives computed elsewhere: `value` as a function of `x`, with
  /// derivative `slope`.
  static func composed(_ value: Double, _ x: Self, _ slope: Double) -> Self

  /// The same of two numbers.
  static func composed(
    _ value: Double, _ x: Self, _ xSlope: Double, _ y: Self, _ ySlope: Double
  ) -> Self
}

extension RealNumber {
  @inlinable
  public static func += (left: inout Self, right: Self) { left = left + right }

  @inlinable
  public static func -= (left: inout Self, right: Self) { left = left - right }

  @inlinable
  public static func *= (left: inout Self, right: Self) { left = left * right }

  @inlinable
  public static func exp(_ x: Self) -> Self {
    let value = Glibc.exp(x.number)
    return composed(value, x, value)
  }

  @inlinable
  public static func log(_ x: Self) -> Self {
    composed(Glibc.log(x.number), x, 1 / x.number)
  }

  /// log(1 + x).
  @inlinable
  public static func log1p(_ x: Self) -> Self {
    composed(Glibc.log1p(x.number), x, 1 / (1 + x.number))
  }

  /// log(1 + exp(x)), without overflow.
  @inlinable
  public static func log1pExp(_ x: Self) -> Self {
    let number = x.number
    let small = Glibc.exp(-abs(number))
    let value = max(number, 0) + Glibc.log1p(small)
    return composed(value, x, (number >= 0 ? 1 : small) / (1 + small))
  }

  /// 1 / (1 + exp(-x)), without overflow.
  @inlinable
  public static func logistic(_ x: Self) -> Self {
    let small = Glibc.exp(-abs(x.number))
    let value = (x.number >= 0 ? 1 : small) / (1 + small)
    return composed(value, x, small / ((1 + small) * (1 + small)))
  }

  @inlinable
  public static func sqrt(_ x: Self) -> Self {
    let value = x.number.squareRoot()
    return composed(value, x, 0.5 / value)
  }

  /// x to a constant power.
  @inlinable
  public static func pow(_ x: Self, _ power: Double) -> Self {
    composed(
      Glibc.pow(x.number, power), x, power == 0 ? 0 : power * Glibc.pow(x.number, power - 1))
  }

  @inlinable
  public static func sin(_ x: Self) -> Self {
    composed(Glibc.sin(x.number), x, Glibc.cos(x.number))
  }

  @inlinable
  public static func cos(_ x: Self) -> Self {
    composed(Glibc.cos(x.number), x, -Glibc.sin(x.number))
  }

  @inlinable
  public static func atan(_ x: Self) -> Self {
    composed(Glibc.atan(x.number), x, 1 / (1 + x.number * x.number))
  }

  @inlinable
  public static func tanh(_ x: Self) -> Self {
    let value = Glibc.tanh(x.number)
    return composed(value, x, 1 - value * value)
  }

  /// The logarithm of the gamma function.
  @inlinable
  public static func logGamma(_ x: Self) -> Self {
    composed(Special.logGamma(x.number), x, x.isConstant ? 0 : Special.digamma(x.number))
  }

  /// log Σ exp(xᵢ), without overflow; of at least one number.
  @inlinable
  public static func logSumExp(_ numbers: [Self]) -> Self {
    require(!numbers.isEmpty, "logSumExp of no numbers")
    var largest = numbers[0].number
    for x in numbers { largest = max(largest, x.number) }
    guard largest.isFinite else { return Self(largest) }
    var total = Self(0)
    for x in numbers { total += exp(x - Self(largest)) }
    return log(total) + Self(largest)
  }

  /// Σ aᵢ·bᵢ.
  @inlinable
  public static func dot(_ a: [Double], _ b: [Self]) -> Self {
    require(a.count == b.count, "dot: \(a.count) and \(b.count) numbers")
    var sum = Self(0)
    var index = 0
    while index + 1 < b.count {
      let value = a[index] * b[index].number + a[index + 1] * b[index + 1].number
      sum += composed(value, b[index], a[index], b[index + 1], a[index + 1])
      index += 2
    }
    if index < b.count { sum += Self(a[index]) * b[index] }
    return sum
  }
}

extension Double: RealNumber {
  @inlinable public var isConstant: Bool { true }

  @inlinable
  public static func composed(_ value: Double, _ x: Double, _ slope: Double) -> Double { value }

  @inlinable
  public static func composed(
    _ value: Double, _ x: Double, _ xSlope: Double, _ y: Double, _ ySlope: Double
  ) -> Double { value }
}
