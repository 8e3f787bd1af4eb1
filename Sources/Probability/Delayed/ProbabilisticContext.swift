/// What a probabilistic program talks to: the effects of a model.
///
/// A model is written once against this protocol. Which context it runs in decides whether
/// variables wait in a delayed graph or are drawn at once.
public protocol ProbabilisticContext {
  /// A random variable of the given distribution.
  mutating func assume<D: DelayedDistribution>(_ distribution: D, site: Site) -> Random<D.Value>

  /// A value of the given distribution, drawn now, with random parameters integrated out.
  mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value

  /// A value of a distribution that has no place in the graph.
  mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value

  /// Weights by the density of `value`, and conditions what it depends on.
  mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site)

  /// Multiplies the particle's weight by exp(`logWeight`).
  mutating func factor(_ logWeight: Double, site: Site)

  /// The value of a variable. This is where a variable stops being random: if it has no value yet,
  /// it is drawn.
  mutating func value<Value: RandomValue>(_ variable: Random<Value>, site: Site) -> Value

  /// The value of an expression; its variables are drawn if they have none.
  mutating func value(_ expression: Affine, site: Site) -> Double
}

extension ProbabilisticContext {
  /// A random variable of the given distribution, which stays without a value as long as it can.
  ///
  /// - Parameter name: Stands for the call's place in the source in reports.
  @inlinable
  @inline(__always)
  public mutating func assume<D: DelayedDistribution>(
    _ distribution: D, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Random<D.Value> {
    assume(distribution, site: Site(name, file, line))
  }

  /// A value of the given distribution, drawn now; random parameters are integrated out.
  @inlinable
  @inline(__always)
  public mutating func draw<D: DelayedDistribution>(
    _ distribution: D, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> D.Value {
    draw(distribution, site: Site(name, file, line))
  }

  /// A value of a distribution that has no place in the graph.
  @_disfavoredOverload
  @inlinable
  @inline(__always)
  public mutating func draw<D: Distribution>(
    _ distribution: D, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> D.Value {
    draw(plain: distribution, site: Site(name, file, line))
  }

  /// Weights the particle by the density of `value`, and conditions what it depends on.
  @inlinable
  @inline(__always)
  public mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, at name: StaticString? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    observe(value, distribution, site: Site(name, file, line))
  }

  /// Weights the particle by the density of `value`.
  @_disfavoredOverload
  @inlinable
  @inline(__always)
  public mutating func observe<D: Distribution>(
    _ value: D.Value, _ distribution: D, at name: StaticString? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    factor(distribution.logDensity(value), site: Site(name, file, line))
  }

  /// Multiplies the particle's weight by exp(`logWeight`).
  @inlinable
  @inline(__always)
  public mutating func factor(
    _ logWeight: Double, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) {
    factor(logWeight, site: Site(name, file, line))
  }

  /// The value of a variable: it stops being random here.
  @inlinable
  @inline(__always)
  public mutating func value<Value: RandomValue>(
    _ variable: Random<Value>, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Value {
    value(variable, site: Site(name, file, line))
  }

  /// The value of an expression: its variables stop being random here.
  @inlinable
  @inline(__always)
  public mutating func value(
    _ expression: Affine, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Double {
    value(expression, site: Site(name, file, line))
  }
}

/// A program that runs once.
public protocol Model: Sendable {
  associatedtype Result: Sendable

  /// Runs the program; what it returns is the particle's value.
  mutating func run(_ p: inout some ProbabilisticContext) -> Result
}

/// A program that takes one observation after the other.
///
/// A value: particles are copied by copying it. Its stored random variables are its state.
public protocol SequentialModel: Sendable {
  associatedtype Observation: Sendable

  /// Before the first observation.
  mutating func start(_ p: inout some ProbabilisticContext)

  /// Takes observation number `t`, from 0.
  mutating func step(_ t: Int, _ y: Observation, _ p: inout some ProbabilisticContext)

  /// Shows every stored random variable that will be used again, with `visitor.keep`.
  ///
  /// Called after each step. What is not shown is integrated out, so memory stays bounded; using it
  /// later is a programming error that is caught.
  func visit(_ visitor: inout RandomVisitor)
}
