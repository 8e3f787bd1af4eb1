import Glibc
public import Randomness

extension RandomStream {
  /// A number in 0..<1 but not 0: an odd multiple of 2^-53.
  @inlinable
  mutating func openUniform() -> Double {
    (Double(next() &>> 12) + 0.5) * 0x1p-52
  }

  /// An exponential number with mean 1; never 0.
  mutating func exponential() -> Double {
    -log(openUniform())
  }

  /// The logarithm of a gamma number with the given shape and rate 1.
  ///
  /// The logarithm does not underflow, however small the shape.
  ///
  /// Source: Marsaglia, Tsang, "A simple method for generating gamma variables" (TOMS 2000).
  mutating func logGamma(shape: Double) -> Double {
    // For X gamma with shape + 1 and U uniform, X · U^(1/shape) is gamma with the shape.
    if shape < 1 { return logGamma(shape: shape + 1) - exponential() / shape }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      let u = openUniform()
      if u < 1 - 0.0331 * (x * x) * (x * x) { return log(d) + log(v) }
      if log(u) < 0.5 * x * x + d * (1 - v + log(v)) { return log(d) + log(v) }
    }
  }

  /// A Poisson number.
  mutating func poisson(_ rate: Double) -> Int {
    if rate < 10 {
      // Inversion: the masses from 0 on.
      var mass = exp(-rate)
      var remaining = uniform()
      var count = 0
      // Rounding could leave a remainder that no mass covers.
      while remaining >= mass && mass > 0 {
        remaining -= mass
        count += 1
        mass *= rate / Double(count)
      }
      return count
    }
    return poissonByRejection(rate)
  }

  /// Source: Hörmann, "The transformed rejection method for generating Poisson random variables"
  /// (Insurance: Mathematics and Economics 1993), algorithm PTRS.
  private mutating func poissonByRejection(_ rate: Double) -> Int {
    let b = 0.931 + 2.53 * rate.squareRoot()
    let a = -0.059 + 0.02483 * b
    let logInverseAlpha = log(1.1239 + 1.1328 / (b - 3.4))
    let quick = 0.9277 - 3.6224 / (b - 2)
    while true {
      let u = uniform() - 0.5
      let v = openUniform()
      let us = 0.5 - abs(u)
      let k = floor((2 * a / us + b) * u + rate + 0.43)
      if us >= 0.07 && v <= quick { return Int(saturating: k) }
      if k < 0 || (us < 0.013 && v > us) { continue }
      let ratio = log(v) + logInverseAlpha - log(a / (us * us) + b)
      if ratio <= Special.logPoissonMass(k, rate) { return Int(saturating: k) }
    }
  }

  /// The number of successes among `count` trials.
  mutating func binomial(_ count: Int, _ probability: Double) -> Int {
    if probability > 0.5 { return count - binomial(count, 1 - probability) }
    let n = Double(count)
    guard n * probability < 10 else { return binomialByRejection(count, probability) }
    // Inversion: the masses from 0 on.
    let odds = probability / (1 - probability)
    var mass = exp(n * log1p(-probability))
    var remaining = uniform()
    var successes = 0
    while remaining >= mass && successes < count && mass > 0 {
      remaining -= mass
      mass *= odds * (Double(count - successes) / Double(successes + 1))
      successes += 1
    }
    return successes
  }

  /// Source: Hörmann, "The generation of binomial random variates" (Journal of Statistical
  /// Computation and Simulation 1993), algorithm BTRS.
  private mutating func binomialByRejection(_ count: Int, _ p: Double) -> Int {
    let n = Double(count)
    let deviation = (n * p * (1 - p)).squareRoot()
    let b = 1.15 + 2.53 * deviation
    let a = -0.0873 + 0.0248 * b + 0.01 * p
    let c = n * p + 0.5
    let quick = 0.92 - 4.2 / b
    let logAlpha = log((2.83 + 5.1 / b) * deviation)
    let mode = floor((n + 1) * p)
    let atMode = Special.logBinomialMass(mode, n - mode, p: p, q: 1 - p)
    while true {
      let u = uniform() - 0.5
      let v = openUniform()
      let us = 0.5 - abs(u)
      let k = floor((2 * a / us + b) * u + c)
      if us >= 0.07 && v <= quick { return min(Int(saturating: k), count) }
      if k < 0 || k > n { continue }
      let ratio = log(v) + logAlpha - log(a / (us * us) + b)
      if ratio <= Special.logBinomialMass(k, n - k, p: p, q: 1 - p) - atMode {
        return min(Int(saturating: k), count)
      }
    }
  }

  /// An index with probability proportional to `weights[index]`, of which one must be positive.
  mutating func categorical(_ weights: [Double]) -> Int {
    var total = 0.0
    for weight in weights { total += weight }
    var remaining = uniform() * total
    var lastPossible = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      lastPossible = index
      remaining -= weight
      if remaining < 0 { return index }
    }
    // Rounding can leave a sliver of the total; it belongs to the last option.
    return lastPossible
  }

  /// A vector of independent standard normal numbers.
  mutating func normals(_ count: Int) -> Vector {
    (0..<count).map { _ in normal() }
  }

  /// exp(`logarithm`), but positive where that underflows: what is positive stays so.
  static func positive(_ logarithm: Double) -> Double {
    max(exp(logarithm), .leastNonzeroMagnitude)
  }
}

extension Int {
  /// The nearest integer of this type toward zero; 0 for NaN.
  @inlinable
  init(saturating x: Double) {
    if x > -0x1p63 && x < 0x1p63 {
      self = Int(x)
    } else {
      self = x > 0 ? .max : x < 0 ? .min : 0
    }
  }

  /// `self + factor * other`, or the nearest integer of this type.
  func adding(saturating other: Int, times factor: Int) -> Int {
    let (product, tooLarge) = factor.multipliedReportingOverflow(by: other)
    let (sum, overflow) = addingReportingOverflow(product)
    if !tooLarge && !overflow { return sum }
    return Int(saturating: Double(self) + Double(factor) * Double(other))
  }
}
