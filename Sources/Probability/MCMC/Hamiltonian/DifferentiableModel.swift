/// A program whose log-density can be differentiated: what Hamiltonian Monte Carlo needs.
///
///     struct EightSchools: DifferentiableModel {
///       let effects: [Double]
///       let errors: [Double]
///
///       func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
///         let mu = p.assume(.normal(0, deviation: 5))
///         let tau = p.assume(.halfCauchy(scale: 5))
///         let z = p.assume(8, .normal(0, deviation: 1))
///         for (z, (y, error)) in zip(z, zip(effects, errors)) {
///           p.observe(y, .normal(mu + tau * z, deviation: P.Number(error)))
///         }
///         return [mu, tau] + z
///       }
///     }
///
/// A `Model` computes with numbers of type `Double`, which cannot tell how they depend on its
/// variables. A program to be differentiated is therefore written over any kind of number: with
/// `Double` it draws from the prior and scores, with `TapeNumber` it also differentiates. It is the
/// more special kind of program: `DifferentiableProgram` makes it a `Model`, for every method that
/// takes one. The number of its parameters must not depend on their values.
public protocol DifferentiableModel: Sendable {
  /// Runs the program; what it returns are the numbers to keep of a draw.
  func run<P: DensityContext>(_ p: inout P) -> [P.Number]
}

/// What a differentiable program talks to.
public protocol DensityContext {
  /// The kind of number of this run.
  associatedtype Number: RealNumber

  /// A real parameter of the given distribution.
  mutating func assume(_ law: Law<Number>, site: Site) -> Number

  /// A real parameter of a distribution with known parameters.
  mutating func assume(_ distribution: some ContinuousDistribution, site: Site) -> Number

  /// A vector of parameters of the given distribution.
  mutating func assume(_ law: VectorLaw<Number>, site: Site) -> [Number]

  /// A symmetric positive definite matrix of the given distribution.
  mutating func assume(_ law: MatrixLaw<Number>, site: Site) -> CovarianceMatrix<Number>

  /// Increasing numbers: `count` independent ones of the distribution, sorted.
  mutating func assumeOrdered(_ count: Int, _ law: Law<Number>, site: Site) -> [Number]

  /// Multiplies the density by exp(`logWeight`).
  mutating func factor(_ logWeight: Number)
}

extension DensityContext {
  /// A real parameter of the given distribution.
  ///
  /// - Parameter name: Stands for the call's place in the source.
  @inlinable
  public mutating func assume(
    _ law: Law<Number>, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Number {
    assume(law, site: Site(name, file, line))
  }

  /// `count` independent parameters.
  @inlinable
  public mutating func assume(
    _ count: Int, _ law: Law<Number>, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> [Number] {
    require(count >= 0, "assume(\(count), …): a negative number of parameters")
    let site = Site(name, file, line)
    var result: [Number] = []
    result.reserveCapacity(count)
    for _ in 0..<count { result.append(assume(law, site: site)) }
    return result
  }

  /// Increasing numbers: `count` independent ones of the distribution, which must be one over all
  /// real numbers, sorted.
  @inlinable
  public mutating func assumeOrdered(
    _ count: Int, _ law: Law<Number>, at name: StaticString? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> [Number] {
    require(
      count > 0 && law.domain == .line,
      "assumeOrdered(\(count), \(law.family)): at least one, of a distribution over all numbers")
    return assumeOrdered(count, law, site: Site(name, file, line))
  }

  /// Weights by the density of an observed value.
  @inlinable
  public mutating func observe(_ value: Double, _ law: Law<Number>) {
    factor(law.logDensity(Number(value)))
  }

  /// Weights by the density of a value computed from parameters.
  @inlinable
  @_disfavoredOverload
  public mutating func observe(_ value: Number, _ law: Law<Number>) {
    factor(law.logDensity(value))
  }

  /// Weights by the probability of an observed count or choice.
  @inlinable
  public mutating func observe(_ value: Int, _ law: CountLaw<Number>) {
    factor(law.logProbability(value))
  }

  /// Weights by the probability of an observed truth value, given its log-odds.
  @inlinable
  public mutating func observe(_ value: Bool, logOdds: Number) {
    factor(-Number.log1pExp(value ? -logOdds : logOdds))
  }
}

/// The distribution of an observed count in a differentiable program.
@frozen
public struct CountLaw<Number: RealNumber> {
  @usableFromInline
  enum Family: UInt8 {
    case poisson, binomial, negativeBinomial
  }

  @usableFromInline let family: Family
  @usableFromInline let a: Number
  @usableFromInline let b: Number
  @usableFromInline let trials: Int

  @inlinable
  init(_ family: Family, _ a: Number, _ b: Number, trials: Int = 0) {
    self.family = family
    self.a = a
    self.b = b
    self.trials = trials
  }

  /// Poisson with mean exp(`logMean`).
  @inlinable
  public static func poisson(logMean: Number) -> CountLaw {
    CountLaw(.poisson, logMean, .exp(logMean))
  }

  /// Poisson, by its mean.
  @inlinable
  public static func poisson(_ mean: Number) -> CountLaw {
    CountLaw(.poisson, .log(mean), mean)
  }

  /// Successes among `count` trials, by the log-odds of success.
  @inlinable
  public static func binomial(count: Int, logOdds: Number) -> CountLaw {
    CountLaw(
      .binomial, -Number.log1pExp(-logOdds), -Number.log1pExp(logOdds), trials: count)
  }

  /// Successes among `count` trials, by the probability of success.
  @inlinable
  public static func binomial(count: Int, probability: Number) -> CountLaw {
    CountLaw(.binomial, .log(probability), .log1p(-probability), trials: count)
  }

  /// Negative binomial with mean exp(`logMean`) and variance mean + mean²/`dispersion`.
  @inlinable
  public static func negativeBinomial(logMean: Number, dispersion: Number) -> CountLaw {
    CountLaw(.negativeBinomial, logMean, dispersion)
  }

  /// The log-probability of `x`; `-infinity` outside the support.
  @inlinable
  public func logProbability(_ x: Int) -> Number {
    let count = Double(x)
    if x < 0 || (family == .binomial && x > trials) { return Number(-.infinity) }
    switch family {
    case .poisson:
      return Number(count) * a - b - Number(Special.logGamma(count + 1))
    case .binomial:
      let rest = Double(trials - x)
      let ways = Special.logBinomialCoefficient(Double(trials), count)
      // Zero times the logarithm of zero is zero.
      var sum = Number(ways)
      if x > 0 { sum += Number(count) * a }
      if rest > 0 { sum += Number(rest) * b }
      return sum
    case .negativeBinomial:
      let excess = a - Number.log(b)
      let ways = Number.logGamma(b + Number(count)) - Number.logGamma(b)
      let misses = b * Number.log1pExp(excess)
      let hits = Number(count) * Number.log1pExp(-excess)
      return ways - Number(Special.logGamma(count + 1)) - misses - hits
    }
  }
}
