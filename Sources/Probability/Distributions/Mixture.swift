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
