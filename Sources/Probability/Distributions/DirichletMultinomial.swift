/// Multinomial counts whose probabilities are Dirichlet.
@frozen
public struct DirichletMultinomial: Sendable {
  /// Not negative.
  public var count: Int
  /// One for each option, positive and finite.
  public var concentration: Vector

  @inlinable
  public init(count: Int, concentration: Vector) {
    self.count = count
    self.concentration = concentration
  }
}
