public import Glibc

// Distributions that are no `Law`, with known parameters: their gradients are all that is needed.

extension DensityContext {
  /// A real parameter of a distribution with known parameters that is no `Law`, like a
  /// `TruncatedNormal` or a `Mixture`.
  ///
  /// - Parameter name: Stands for the call's place in the source.
  @inlinable
  public mutating func assume(
    _ distribution: some ContinuousDistribution, at name: StaticString? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) -> Number {
    assume(distribution, site: Site(name, file, line))
  }

  /// Weights by the density of a number computed from parameters.
  @inlinable
  public mutating func observe(_ value: Number, _ distribution: some ContinuousDistribution) {
    let x = value.number
    let slope = value.isConstant ? 0 : distribution.logDensityGradient(x)
    factor(.composed(distribution.logDensity(x), value, slope))
  }

  /// Weights by the density of a vector computed from parameters.
  @inlinable
  public mutating func observe(
    _ value: [Number], _ distribution: some DifferentiableDistribution<Vector>
  ) {
    let x = value.map(\.number)
    let density = distribution.logDensity(x)
    var result = Number(density)
    if value.contains(where: { !$0.isConstant }) {
      for (number, slope) in zip(value, distribution.logDensityGradient(x)) {
        result = .composed(density, result, 1, number, slope)
      }
    }
    factor(result)
  }
}

extension CoordinateContext {
  @inlinable
  public mutating func assume(_ distribution: some ContinuousDistribution, site: Site) -> Number {
    let u = next()
    let (low, high) = (distribution.support.lowerBound, distribution.support.upperBound)
    var x = u
    switch (low > -.infinity, high < .infinity) {
    case (false, false): break
    case (true, false):
      x = Number(low) + Number.exp(u)
      factor(u)
    case (false, true):
      x = Number(high) - Number.exp(u)
      factor(u)
    case (true, true):
      x = Number(low) + Number(high - low) * Number.logistic(u)
      factor(Number(Glibc.log(high - low)) + logLogisticDerivative(u))
    }
    observe(x, distribution)
    return x
  }
}

extension DrawingContext {
  @inlinable
  mutating func assume(_ distribution: some ContinuousDistribution, site: Site) -> Double {
    base.pointee.draw(plain: distribution, site: site)
  }
}
