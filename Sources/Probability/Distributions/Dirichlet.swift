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
