/// The distribution of X⁻¹ for X Wishart with scale matrix `scale`⁻¹.
@frozen
public struct InverseWishart: Sendable {
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
