import Glibc
public import Randomness

/// A mixture of distributions of one type.
@frozen
public struct Mixture<Component: Sendable>: Sendable {
  public var components: [Component]
  /// One for each component, not negative, with sum 1.
  public var weights: [Double]

  @inlinable
  public init(_ components: [Component], weights: [Double]) {
    self.components = components
    self.weights = weights
  }
}

extension Mixture: Distribution where Component: Distribution {
  public typealias Value = Component.Value

  public var isSound: Bool {
    weights.count == components.count && Special.isSimplex(weights)
      && components.allSatisfy(\.isSound)
  }

  public func logDensity(_ x: Component.Value) -> Double {
    weightedSum { $0.logDensity(x) }
  }

  /// A draw of a component, then of a value.
  ///
  /// - Precondition: There is a component: without one there is no value to return.
  public func sample(_ stream: inout RandomStream) -> Component.Value {
    let choice = isSound ? stream.categorical(weights) : 0
    return components[choice].sample(&stream)
  }

  public var flaw: DistributionFlaw? {
    if let flaw = DistributionFlaw.first(
      of: "Mixture", .probabilities("weights", weights),
      Requirement(
        "number of components", components.count, "that of the weights, \(weights.count)",
        components.count == weights.count))
    {
      return flaw
    }
    for (index, component) in components.enumerated() {
      guard let flaw = component.flaw else { continue }
      return DistributionFlaw(
        distribution: "Mixture of \(flaw.distribution)",
        parameter: "\(flaw.parameter) of component \(index)", value: flaw.value,
        requirement: flaw.requirement)
    }
    return nil
  }

  /// log Σ weight · exp(f(component)), without components that have no weight.
  private func weightedSum(_ logarithm: (Component) -> Double) -> Double {
    guard isSound else { return .nan }
    var terms: [Double] = []
    for (component, weight) in zip(components, weights) where weight > 0 {
      terms.append(log(weight) + logarithm(component))
    }
    return terms.contains(where: \.isNaN) ? .nan : LogWeight.sum(terms)
  }
}

extension Mixture: ContinuousDistribution where Component: ContinuousDistribution {
  public var support: ClosedRange<Double> {
    guard isSound else { return -.infinity ... .infinity }
    var (low, high) = (Double.infinity, -Double.infinity)
    for (component, weight) in zip(components, weights) where weight > 0 {
      low = Swift.min(low, component.support.lowerBound)
      high = Swift.max(high, component.support.upperBound)
    }
    return low...high
  }

  public func logCDF(_ x: Double) -> Double { Swift.min(weightedSum { $0.logCDF(x) }, 0) }

  public func logSurvival(_ x: Double) -> Double {
    Swift.min(weightedSum { $0.logSurvival(x) }, 0)
  }

  public func logDensityGradient(_ x: Double) -> Double {
    let total = logDensity(x)
    guard total > -.infinity else { return .nan }
    var gradient = 0.0
    for (component, weight) in zip(components, weights) where weight > 0 {
      let share = exp(log(weight) + component.logDensity(x) - total)
      if share != 0 { gradient += share * component.logDensityGradient(x) }
    }
    return gradient
  }
}

extension Mixture: DiscreteDistribution where Component: DiscreteDistribution {
  public var support: ClosedRange<Int> {
    guard isSound else { return 0...0 }
    var (low, high) = (Int.max, Int.min)
    for (component, weight) in zip(components, weights) where weight > 0 {
      low = Swift.min(low, component.support.lowerBound)
      high = Swift.max(high, component.support.upperBound)
    }
    return low...high
  }

  public func logCDF(_ x: Int) -> Double { Swift.min(weightedSum { $0.logCDF(x) }, 0) }

  public func logSurvival(_ x: Int) -> Double { Swift.min(weightedSum { $0.logSurvival(x) }, 0) }
}
