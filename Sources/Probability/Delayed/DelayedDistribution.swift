/// A distribution whose parameters may be random, or that can wait in the graph itself.
///
/// Whoever adopts this for a distribution of their own gives `plain`; the rest has defaults, which
/// realize the parameters, and draw what is assumed at once.
public protocol DelayedDistribution<Value>: Sendable {
  associatedtype Value: RandomValue
  /// The same distribution with numbers for parameters.
  associatedtype Plain: Distribution where Plain.Value == Value

  /// The distribution, with its random parameters drawn where they have no value.
  func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Plain

  /// A new variable in the graph; nil if no rule of the graph applies.
  func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Value>?

  /// The log-density of `value`, random parameters integrated out; they are conditioned on it.
  func observe(
    _ value: Value, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double

  /// A value, random parameters integrated out; they are conditioned on it.
  func draw(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Value

  /// A value where `assume` gives no variable; by default random parameters are drawn first.
  ///
  /// Distributions whose parents can stay random all the same condition them on the value.
  func sampleAtOnce(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Value

  /// This as a Gaussian of affine mean and known variance; nil if it is none, or has more than four
  /// terms.
  ///
  /// Particles that make the same calls of such distributions share one covariance.
  var gaussian: AffineGaussian? { get }

  /// Whether distributions of this type are such Gaussians, but for the number of terms.
  static var sharesCovariance: Bool { get }

  /// Compares the terms and the variance of such a Gaussian with those that another particle wrote;
  /// returns the number in the mean.
  func compare(with written: inout WrittenTerms) -> Double

  /// Whether all distributions of this type have numbers for parameters; by default whether `plain`
  /// gives the same type.
  static var isNumeric: Bool { get }

  /// Whether all parameters are numbers, of which `observe` and `draw` then need no graph.
  var isKnown: Bool { get }

  /// A value, random parameters drawn where they have no value.
  func forward(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Value
}

/// A scalar Gaussian with an affine mean and a number for its variance.
@frozen
public struct AffineGaussian: Sendable, BitwiseCopyable {
  public let mean: ShortAffine
  public let variance: Double

  @inlinable
  @inline(__always)
  public init(mean: ShortAffine, variance: Double) {
    (self.mean, self.variance) = (mean, variance)
  }
}

extension DelayedDistribution {
  @inlinable
  public var gaussian: AffineGaussian? { nil }

  @inlinable
  @inline(__always)
  public static var sharesCovariance: Bool { false }

  @inlinable
  @inline(__always)
  public static var isNumeric: Bool { Plain.self == Self.self }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    written.difference = .max
    return 0
  }

  @inlinable
  public var isKnown: Bool { false }

  @inlinable
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Value>? {
    nil
  }

  @inlinable
  public func observe(
    _ value: Value, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    plain(&graph, &work).logDensity(value)
  }

  @inlinable
  public func sampleAtOnce(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Value {
    work.sample(plain(&graph, &work))
  }

  @inlinable
  public func forward(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Value {
    work.sample(plain(&graph, &work))
  }

  /// By default: assumes a variable, draws its value and drops it.
  @inlinable
  public func draw(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Value {
    guard let variable = assume(&graph, &work) else {
      return sampleAtOnce(&graph, &work)
    }
    return graph.take(variable, &work)
  }
}

extension DelayedGraph {
  /// The value of a variable, drawn if it has none.
  @inlinable
  mutating func value<Value: RandomValue>(
    _ variable: Random<Value>, _ work: inout Workspace
  ) -> Value {
    guard let handle = variable.handle else { return Value.value(ofBits: variable.bits) }
    if handle.count == 1 {
      // A vector of one component is read as a vector.
      if let value = Value.value(ofNumber: number(handle, &work)) { return value }
    }
    return Value.value(ofNumbers: numbers(handle, &work))
  }

  /// How many variables of a report it is: a normal vector's components can part, and a matrix's
  /// rows.
  @inlinable
  func variableCount<Value>(_ variable: Random<Value>) -> Int {
    guard let handle = variable.handle, handle.count > 1 else { return 1 }
    return variableCount(handle)
  }

  @usableFromInline
  func variableCount(_ handle: Handle) -> Int {
    switch nodes[handle.index].kind {
    case .gaussian: return handle.count
    case .known where handle.count > 2:
      // A matrix, after its size.
      switch nodes[handle.index + 2].kind {
      case .gaussian: return handle.count - 2
      case .matrixRow: return Int(nodes[handle.index].a)
      default: return 1
      }
    default: return 1
    }
  }

  @usableFromInline
  mutating func numbers(_ handle: Handle, _ work: inout Workspace) -> [Double] {
    (0..<handle.count).map { number(handle.component($0), &work) }
  }

  /// The value of a variable that nothing else holds; it leaves the graph.
  @usableFromInline
  mutating func take<Value: RandomValue>(
    _ variable: Random<Value>, _ work: inout Workspace
  ) -> Value {
    let site = work.site
    guard let handle = variable.handle else { return value(variable, &work) }
    // Being drawn was asked for: it is no loss to report.
    for offset in 0..<handle.count { nodes[handle.index + offset].site = .unknown }
    let result = value(variable, &work)
    // What it is a sum of is written in terms of it.
    for offset in 0..<handle.count where !nodes[handle.index + offset].hasShares {
      free(handle.index + offset)
    }
    work.site = site
    return result
  }

  /// A variable with a value.
  @inlinable
  mutating func known<Value: RandomValue>(_ value: Value) -> Random<Value> {
    if Value.bits(of: value) != nil { return Random(value) }
    return Random(store(Value.numbers(of: value)))
  }
}
