public import Glibc

/// The distribution of a vector in a differentiable program: its parameters may be computed from
/// other variables, in any way.
///
///     let weights = p.assume(.dirichlet([alpha, alpha, alpha]))
///     let levels = p.assume(.normal([mu, mu], covariance: CovarianceMatrix(kernel)))
@frozen
public struct VectorLaw<Number: RealNumber> {
  @usableFromInline
  enum Family {
    case normal([Number], CovarianceMatrix<Number>)
    case studentT(Number, [Number], CovarianceMatrix<Number>)
    case dirichlet([Number])
  }

  @usableFromInline let family: Family

  @inlinable
  init(_ family: Family) {
    self.family = family
  }

  /// Multivariate normal.
  ///
  /// The coordinates of Hamiltonian Monte Carlo are the vector's numbers. Where data says little
  /// of them and the covariance is computed from other variables, assume independent ones and use
  /// `covariance.factorTimes`.
  @inlinable
  public static func normal(
    _ mean: [Number], covariance: CovarianceMatrix<Number>
  ) -> VectorLaw {
    requireSize(mean, covariance)
    return VectorLaw(.normal(mean, covariance))
  }

  /// Multivariate normal with a known covariance.
  @inlinable
  public static func normal(_ mean: [Number], covariance: DenseMatrix) -> VectorLaw {
    normal(mean, covariance: CovarianceMatrix(covariance))
  }

  /// Multivariate Student t; its covariance is `scale` · ν/(ν−2).
  @inlinable
  public static func studentT(
    degreesOfFreedom: Number, location: [Number], scale: CovarianceMatrix<Number>
  ) -> VectorLaw {
    requireSize(location, scale)
    return VectorLaw(.studentT(degreesOfFreedom, location, scale))
  }

  /// Multivariate Student t with a known scale.
  @inlinable
  public static func studentT(
    degreesOfFreedom: Number, location: [Number], scale: DenseMatrix
  ) -> VectorLaw {
    studentT(
      degreesOfFreedom: degreesOfFreedom, location: location, scale: CovarianceMatrix(scale))
  }

  /// Dirichlet: positive numbers with sum 1.
  @inlinable
  public static func dirichlet(_ concentration: [Number]) -> VectorLaw {
    VectorLaw(.dirichlet(concentration))
  }

  @inlinable
  static func requireSize(_ mean: [Number], _ scale: CovarianceMatrix<Number>) {
    require(
      mean.count == scale.dimension, "\(mean.count) numbers and \(scale.dimension) dimensions")
  }

  /// How many numbers the vector has.
  @inlinable
  public var dimension: Int {
    switch family {
    case .normal(let mean, _), .studentT(_, let mean, _): mean.count
    case .dirichlet(let concentration): concentration.count
    }
  }
}

extension VectorLaw {
  /// The log-density of `x`, that of a Dirichlet vector with respect to all numbers but one;
  /// `-infinity` outside the support, NaN if a parameter is flawed.
  @inlinable
  public func logDensity(_ x: [Number]) -> Number {
    require(x.count == dimension, "\(x.count) numbers for \(dimension) dimensions")
    switch family {
    case .normal(let mean, let covariance): return normal(x, mean, covariance)
    case .studentT(let degrees, let location, let scale):
      return student(x, degrees, location, scale)
    case .dirichlet(let concentration):
      var sum = Self.dirichletConstant(concentration)
      if !sum.number.isNaN && !Special.isSimplex(x.map(\.number)) {
        return Number(x.contains { $0.number.isNaN } ? .nan : -.infinity)
      }
      for (parameter, value) in zip(concentration, x) {
        // Where the exponent is zero, the logarithm does not matter.
        if parameter.number != 1 || !parameter.isConstant {
          sum += (parameter - 1) * .log(value)
        }
      }
      return sum
    }
  }

  /// The logarithm of Γ(Σ concentration) / Π Γ(concentration); NaN if that is flawed.
  @inlinable
  static func dirichletConstant(_ concentration: [Number]) -> Number {
    guard !concentration.isEmpty,
      concentration.allSatisfy({ Special.isPositive($0.number) })
    else { return Number(.nan) }
    var constant = Number.logGamma(concentration.reduce(0, +))
    for parameter in concentration { constant -= .logGamma(parameter) }
    return constant
  }

  /// In one piece, with its derivatives.
  @inlinable
  func normal(
    _ x: [Number], _ mean: [Number], _ covariance: CovarianceMatrix<Number>
  ) -> Number {
    let factor = covariance.numbers
    let unit = factor.solveLower(zip(x, mean).map { $0.number - $1.number })
    let value =
      -0.5 * (dot(unit, unit) + factor.logDeterminant)
      - Double(mean.count) * Special.halfLogTwoPi
    return composed(value, 1, unit, factor, x, mean, covariance)
  }

  @inlinable
  func student(
    _ x: [Number], _ degrees: Number, _ location: [Number], _ scale: CovarianceMatrix<Number>
  ) -> Number {
    let (nu, dimension) = (degrees.number, Double(location.count))
    guard Special.isPositive(nu) else { return Number(.nan) }
    let factor = scale.numbers
    let unit = factor.solveLower(zip(x, location).map { $0.number - $1.number })
    let square = dot(unit, unit)
    let logStretch = Glibc.log1p(square / nu)
    let (half, halfDimension) = (nu / 2, dimension / 2)
    let value =
      Special.logRising(half, halfDimension) - 0.5 * factor.logDeterminant
      - halfDimension * Glibc.log(Double.pi * nu) - (half + halfDimension) * logStretch
    let stretch = (nu + dimension) / (nu + square)
    let density = composed(value, stretch, unit, factor, x, location, scale)
    if degrees.isConstant { return density }
    let constant = Special.digamma(half + halfDimension) - Special.digamma(half)
    let slope = 0.5 * (constant - dimension / nu - logStretch + stretch * square / nu)
    return .composed(value, density, 1, degrees, slope)
  }

  /// A log-density g(δ) − log det L, with δ the square of `unit` = L⁻¹ (x − location) and
  /// `stretch` = −2g′(δ), with its derivatives by x, by the location and by L.
  ///
  /// With w = L⁻ᵀ · unit they are −stretch · w, stretch · w and stretch · w unitᵀ − L's inverse
  /// diagonal.
  @inlinable
  func composed(
    _ value: Double, _ stretch: Double, _ unit: [Double], _ factor: Cholesky, _ x: [Number],
    _ location: [Number], _ scale: CovarianceMatrix<Number>
  ) -> Number {
    let pull = factor.solveUpper(unit).map { stretch * $0 }
    var result = Number(value)
    for (index, slope) in pull.enumerated() {
      let distance = Number.composed(0, x[index], -slope, location[index], slope)
      result = .composed(value, result, 1, distance, 1)
    }
    for i in unit.indices {
      for j in 0...i where !scale.factor(i, j).isConstant {
        let slope = pull[i] * unit[j] - (i == j ? 1 / factor.lower[i, i] : 0)
        result = .composed(value, result, 1, scale.factor(i, j), slope)
      }
    }
    return result
  }
}

extension VectorLaw: Sendable where Number: Sendable {}

extension VectorLaw.Family: Sendable where Number: Sendable {}
