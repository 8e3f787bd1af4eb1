public import Glibc
public import Randomness

/// The distribution of a real number in a differentiable program: its parameters may be computed
/// from other variables, in any way.
///
///     p.assume(.normal(mu, deviation: tau))
@frozen
public struct Law<Number: RealNumber> {
  @usableFromInline
  enum Family: UInt8, Sendable {
    case normal, logNormal, studentT, laplace, logistic, exponential, gamma, inverseGamma, beta
    case uniform, halfNormal, halfStudentT, weibull
  }

  @usableFromInline let family: Family
  @usableFromInline let a: Number
  @usableFromInline let b: Number
  @usableFromInline let c: Number

  @inlinable
  init(_ family: Family, _ a: Number, _ b: Number, _ c: Number = 0) {
    self.family = family
    self.a = a
    self.b = b
    self.c = c
  }

  /// Normal, by mean and standard deviation.
  @inlinable
  public static func normal(_ mean: Number, deviation: Number) -> Law {
    Law(.normal, mean, deviation)
  }

  /// Positive, with a normal logarithm of the given mean and standard deviation.
  @inlinable
  public static func logNormal(_ mean: Number, deviation: Number) -> Law {
    Law(.logNormal, mean, deviation)
  }

  /// Student's t.
  @inlinable
  public static func studentT(
    degreesOfFreedom: Number, location: Number = 0, scale: Number = 1
  ) -> Law {
    Law(.studentT, degreesOfFreedom, location, scale)
  }

  /// Cauchy: Student's t with one degree of freedom.
  @inlinable
  public static func cauchy(_ location: Number, scale: Number) -> Law {
    Law(.studentT, 1, location, scale)
  }

  /// The absolute value of a normal number with mean 0.
  @inlinable
  public static func halfNormal(deviation: Number) -> Law {
    Law(.halfNormal, 0, deviation)
  }

  /// The absolute value of a Cauchy number with location 0.
  @inlinable
  public static func halfCauchy(scale: Number) -> Law {
    Law(.halfStudentT, 1, 0, scale)
  }

  /// The absolute value of Student's t with location 0.
  @inlinable
  public static func halfStudentT(degreesOfFreedom: Number, scale: Number) -> Law {
    Law(.halfStudentT, degreesOfFreedom, 0, scale)
  }

  @inlinable
  public static func laplace(_ location: Number, scale: Number) -> Law {
    Law(.laplace, location, scale)
  }

  @inlinable
  public static func logistic(_ location: Number, scale: Number) -> Law {
    Law(.logistic, location, scale)
  }

  @inlinable
  public static func exponential(rate: Number) -> Law {
    Law(.exponential, rate, 0)
  }

  @inlinable
  public static func gamma(shape: Number, rate: Number) -> Law {
    Law(.gamma, shape, rate)
  }

  @inlinable
  public static func inverseGamma(shape: Number, scale: Number) -> Law {
    Law(.inverseGamma, shape, scale)
  }

  @inlinable
  public static func weibull(shape: Number, scale: Number) -> Law {
    Law(.weibull, shape, scale)
  }

  @inlinable
  public static func beta(_ alpha: Number, _ beta: Number) -> Law {
    Law(.beta, alpha, beta)
  }

  @inlinable
  public static func uniform(_ lower: Number, _ upper: Number) -> Law {
    Law(.uniform, lower, upper)
  }

  /// Where the density is positive: all numbers, those above `a`, or those between `a` and `b`.
  @usableFromInline
  enum Domain {
    case line, positive, unit, interval
  }

  @inlinable
  var domain: Domain {
    switch family {
    case .normal, .studentT, .laplace, .logistic: .line
    case .logNormal, .exponential, .gamma, .inverseGamma, .halfNormal, .halfStudentT, .weibull:
      .positive
    case .beta: .unit
    case .uniform: .interval
    }
  }
}

extension Law {
  /// The log-density of `x`, `-infinity` outside the support; NaN if a parameter is flawed.
  @inlinable
  public func logDensity(_ x: Number) -> Number {
    switch domain {
    case .line: break
    case .positive: if x.number <= 0 { return Number(-.infinity) }
    case .unit: if x.number <= 0 || x.number >= 1 { return Number(-.infinity) }
    case .interval:
      if x.number < a.number || x.number > b.number { return Number(-.infinity) }
    }
    switch family {
    case .normal: return normal(x, a, b)
    case .logNormal:
      let logarithm = Number.log(x)
      return normal(logarithm, a, b) - logarithm
    case .halfNormal: return normal(x, a, b) + Number(M_LN2)
    case .studentT: return student(x)
    case .halfStudentT: return student(x) + Number(M_LN2)
    case .laplace:
      let distance = x.number >= a.number ? x - a : a - x
      return -(distance / b + Number.log(b) + Number(M_LN2))
    case .logistic:
      let z = (x - a) / b
      let softened = Number.log1pExp(z)
      return z - Number.log(b) - softened - softened
    case .exponential: return Number.log(a) - a * x
    case .gamma:
      let logarithm = Number.log(x)
      return gamma(logarithm, b * x) - logarithm
    case .inverseGamma:
      let logarithm = Number.log(x)
      return gamma(-logarithm, b / x) - logarithm
    case .weibull:
      let logScale = Number.log(b)
      let logarithm = Number.log(x) - logScale
      let power = Number.exp(a * logarithm)
      return Number.log(a) - logScale + (a - 1) * logarithm - power
    case .beta:
      let heads = (a - 1) * Number.log(x)
      let tails = (b - 1) * Number.log1p(-x)
      let constant = Number.logGamma(a + b) - Number.logGamma(a) - Number.logGamma(b)
      return heads + tails + constant
    case .uniform: return -Number.log(b - a)
    }
  }

  /// In one piece, with its derivatives: the density of most programs.
  @inlinable
  func normal(_ x: Number, _ mean: Number, _ deviation: Number) -> Number {
    let inverse = 1 / deviation.number
    let z = (x.number - mean.number) * inverse
    // A negative deviation is a flaw, not the same as a positive one.
    let value = -0.5 * z * z - Glibc.log(deviation.number) - Special.halfLogTwoPi
    let slope = z * inverse
    return .composed(
      value, .composed(0, x, -slope, mean, slope), 1, deviation, (z * z - 1) * inverse)
  }

  @inlinable
  func student(_ x: Number) -> Number {
    let z = (x - b) / c
    let half = (a + 1) * 0.5
    let constant = Number.logGamma(half) - Number.logGamma(a * 0.5)
    let scale = Number.log(a * Number(Double.pi)) * 0.5 + Number.log(c)
    return constant - scale - half * Number.log1p(z * z / a)
  }

  /// log of y^a · exp(-y) / Γ(a), for the logarithm of y = b·exp(`logarithm`) and y itself.
  @inlinable
  func gamma(_ logarithm: Number, _ y: Number) -> Number {
    a * (Number.log(b) + logarithm) - y - Number.logGamma(a)
  }
}

extension Law: Sendable where Number: Sendable {}

/// With numbers for parameters a law is a distribution as any other.
extension Law: Distribution where Number == Double {
  public func sample(_ stream: inout RandomStream) -> Double {
    switch family {
    case .normal: Normal(a, deviation: b).sample(&stream)
    case .logNormal: exp(Normal(a, deviation: b).sample(&stream))
    case .halfNormal: abs(Normal(0, deviation: b).sample(&stream))
    case .studentT:
      StudentT(degreesOfFreedom: a, location: b, scale: c).sample(&stream)
    case .halfStudentT:
      abs(StudentT(degreesOfFreedom: a, location: 0, scale: c).sample(&stream))
    case .laplace: Laplace(location: a, scale: b).sample(&stream)
    case .logistic: Logistic(location: a, scale: b).sample(&stream)
    case .exponential: Exponential(rate: a).sample(&stream)
    case .gamma: Gamma(shape: a, rate: b).sample(&stream)
    case .inverseGamma: InverseGamma(shape: a, scale: b).sample(&stream)
    case .weibull: Weibull(shape: a, scale: b).sample(&stream)
    case .beta: Beta(a, b).sample(&stream)
    case .uniform: Uniform(a, b).sample(&stream)
    }
  }

  @usableFromInline
  var interval: RealInterval {
    switch domain {
    case .line: RealInterval(lower: -.infinity, upper: .infinity)
    case .positive: RealInterval(lower: 0, upper: .infinity)
    case .unit: RealInterval(lower: 0, upper: 1)
    case .interval: RealInterval(lower: a, upper: b)
    }
  }

  public var flaw: DistributionFlaw? {
    let name = "Law.\(family)"
    switch family {
    case .normal, .logNormal:
      return .first(of: name, .finite("mean", a), .positive("deviation", b))
    case .laplace, .logistic:
      return .first(of: name, .finite("location", a), .positive("scale", b))
    case .halfNormal: return .first(of: name, .positive("deviation", b))
    case .studentT, .halfStudentT:
      return .first(
        of: name, .positive("degreesOfFreedom", a), .finite("location", b), .positive("scale", c))
    case .exponential: return .first(of: name, .positive("rate", a))
    case .gamma: return .first(of: name, .positive("shape", a), .positive("rate", b))
    case .inverseGamma, .weibull:
      return .first(of: name, .positive("shape", a), .positive("scale", b))
    case .beta: return .first(of: name, .positive("alpha", a), .positive("beta", b))
    case .uniform:
      return .first(
        of: name, .finite("lower", a), .finite("upper", b),
        Requirement("upper", b, "above the lower end \(a)", b > a))
    }
  }
}
