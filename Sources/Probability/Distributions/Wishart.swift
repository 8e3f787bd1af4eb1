/// The Wishart distribution over symmetric positive definite matrices; its mean is ν·`scale`.
@frozen
public struct Wishart: Sendable {
  /// Greater than the dimension minus 1.
  public var degreesOfFreedom: Double
  /// Symmetric and positive definite.
  public var scale: DenseMatrix

  @inlinable
  public init(degreesOfFreedom: Double, scale: DenseMatrix) {
    self.degreesOfFreedom = degreesOfFreedom
    self.scale = scale
  }
}
