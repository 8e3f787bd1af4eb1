public import Glibc
public import Randomness

/// `true` with a given probability.
@frozen
public struct Bernoulli<P: Sendable>: Sendable {
  /// The probability of `true`, in `0...1`.
  public var probability: P

  @inlinable
  @_disfavoredOverload
  public init(_ probability: P) {
    self.probability = probability
  }
}

extension Bernoulli: Distribution where P == Double {
  @inlinable
  public var isSound: Bool { probability >= 0 && probability <= 1 }

  @inlinable
  public func logDensity(_ x: Bool) -> Double {
    guard isSound else { return .nan }
    return x ? log(probability) : log1p(-probability)
  }

  @inlinable
  public func sample(_ stream: inout RandomStream) -> Bool {
    stream.uniform() < probability
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Bernoulli", .probability("probability", probability))
  }
}
