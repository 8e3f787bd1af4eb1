import Glibc
public import Randomness

/// The Dirichlet distribution over probability vectors.
@frozen
public struct Dirichlet: Sendable {
  /// One for each option, positive and finite.
  public var concentration: Vector

  @inlinable
  public init(_ concentration: Vector) {
    self.concentration = concentration
  }
}

extension Dirichlet: Distribution {
  @inlinable
  public var isSound: Bool {
    !concentration.isEmpty && concentration.allSatisfy { Special.isPositive($0) }
  }

  /// The log-density with respect to all coordinates but one.
  ///
  /// Outside the support is what has negative coordinates or another sum than 1 (to 1e-8).
  public func logDensity(_ x: Vector) -> Double {
    require(
      x.count == concentration.count, "\(x.count) numbers for \(concentration.count) options")
    guard isSound, !x.contains(where: \.isNaN) else { return .nan }
    guard Special.isSimplex(x) else { return -.infinity }
    var density = -log(concentration.reduce(0, +))
    var isInfinite = false
    for (value, parameter) in zip(x, concentration) {
      if value > 0 {
        density += log(parameter) - log(value)
      } else if parameter > 1 {
        return -.infinity
      } else if parameter < 1 {
        isInfinite = true
      }
    }
    if isInfinite { return .infinity }
    if x.contains(0) {
      // Factors with exponent 0, which the general formula cannot take at 0.
      density = Special.logGamma(concentration.reduce(0, +))
      for (value, parameter) in zip(x, concentration) {
        density -= Special.logGamma(parameter)
        if value > 0 { density += (parameter - 1) * log(value) }
      }
      return density
    }
    return density + Special.logMultinomialMass(concentration, x)
  }

  /// A draw, positive everywhere even where small parameters make it underflow.
  public func sample(_ stream: inout RandomStream) -> Vector {
    guard isSound else { return concentration.map { _ in .nan } }
    let logarithms = concentration.map { stream.logGamma(shape: $0) }
    let largest = logarithms.max() ?? 0
    let weights = logarithms.map { RandomStream.positive($0 - largest) }
    let total = weights.reduce(0, +)
    return weights.map { max($0 / total, .leastNonzeroMagnitude) }
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "Dirichlet",
      .all("concentration", concentration, "positive and finite") { Special.isPositive($0) })
  }
}
