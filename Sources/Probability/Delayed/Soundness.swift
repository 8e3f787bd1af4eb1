// Where it is decided what is no distribution, and what is no datum. The rules are those of the
// distributions with numbers for parameters, so that a program fares alike with delay on and off.

extension Relation {
  /// Whether the parameters of a child that are known are those of a distribution.
  func isSound(_ a: Double, _ b: Double) -> Bool {
    switch self {
    case .none, .bernoulli, .categorical, .uniform: true
    case .binomial, .multinomial: a >= 0
    case .thinned: b >= 0 && b <= 1
    case .negativeBinomial: Special.isPositive(a)
    case .poisson: Special.isPositive(b)
    case .gamma, .inverseGamma, .weibull, .pareto: Special.isPositive(a) && Special.isPositive(b)
    case .laplace: a.isFinite && Special.isPositive(b)
    }
  }
}

extension GaussianPlace {
  /// Whether the noise has a variance, 0 included.
  var isSound: Bool { noise >= 0 && noise < .infinity }
}

extension Double {
  /// The log-density of what is not finite: NaN for NaN, as which data are missing, and that of the
  /// impossible for what is infinite. Nil for a finite number.
  var logDensityUnlessFinite: Double? {
    isFinite ? nil : isNaN ? .nan : -.infinity
  }
}

extension [Double] {
  /// As of one number; nil if all are finite.
  var logDensityUnlessFinite: Double? {
    if contains(where: \.isNaN) { return .nan }
    return allSatisfy(\.isFinite) ? nil : -.infinity
  }
}
