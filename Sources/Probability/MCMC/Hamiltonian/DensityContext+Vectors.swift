extension DensityContext {
  /// A vector of parameters of the given distribution.
  ///
  /// - Parameter name: Stands for the call's place in the source.
  @inlinable
  public mutating func assume(
    _ law: VectorLaw<Number>, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> [Number] {
    assume(law, site: Site(name, file, line))
  }

  /// A symmetric positive definite matrix of the given distribution.
  @inlinable
  public mutating func assume(
    _ law: MatrixLaw<Number>, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> CovarianceMatrix<Number> {
    assume(law, site: Site(name, file, line))
  }

  /// Positive numbers with sum 1, Dirichlet with the given known concentration.
  @inlinable
  public mutating func assumeSimplex(
    _ concentration: [Double], at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> [Number] {
    assume(.dirichlet(concentration.map { Number($0) }), site: Site(name, file, line))
  }

  /// Weights by the density of an observed vector.
  @inlinable
  public mutating func observe(_ value: [Double], _ law: VectorLaw<Number>) {
    factor(law.logDensity(value.map { Number($0) }))
  }

  /// Weights by the density of a vector computed from parameters.
  @inlinable
  @_disfavoredOverload
  public mutating func observe(_ value: [Number], _ law: VectorLaw<Number>) {
    factor(law.logDensity(value))
  }

  /// Weights by the density of an observed symmetric positive definite matrix.
  @inlinable
  public mutating func observe(_ value: DenseMatrix, _ law: MatrixLaw<Number>) {
    if let value = Cholesky(soundCovariance: value) {
      factor(law.logDensity(CovarianceMatrix(value)))
    } else {
      factor(Number(-.infinity))
    }
  }
}
