extension CoordinateContext {
  @inlinable
  public mutating func assume(_ law: VectorLaw<Number>, site: Site) -> [Number] {
    if case .dirichlet(let concentration) = law.family { return breakStick(concentration) }
    var x: [Number] = []
    for _ in 0..<law.dimension { x.append(next()) }
    factor(law.logDensity(x))
    return x
  }

  /// Breaks a stick of length 1: each coordinate is the log-odds of the part of the rest that is
  /// broken off, zero for equal parts.
  @inlinable
  mutating func breakStick(_ concentration: [Number]) -> [Number] {
    var result: [Number] = []
    var logRest = Number(0)
    for (index, parameter) in concentration.enumerated() {
      var logPart = logRest
      if index < concentration.count - 1 {
        let u = next() - Number(Double.log(Double(concentration.count - 1 - index)))
        logPart -= Number.log1pExp(-u)
        let logNextRest = logRest - Number.log1pExp(u)
        // The derivative of the part by its coordinate is rest · s(u) · s(−u).
        factor(logPart + logNextRest - logRest)
        logRest = logNextRest
      }
      factor((parameter - 1) * logPart)
      result.append(Number.exp(logPart))
    }
    factor(VectorLaw.dirichletConstant(concentration))
    return result
  }

  /// The coordinates are the elements of the lower triangular factor L, row by row, the logarithms
  /// of those on the diagonal.
  @inlinable
  public mutating func assume(_ law: MatrixLaw<Number>, site: Site) -> CovarianceMatrix<Number> {
    let dimension = law.dimension
    var lower: [Number] = []
    for i in 0..<dimension {
      for _ in 0..<i { lower.append(next()) }
      let u = next()
      lower.append(Number.exp(u))
      // The determinant of L Lᵀ by L has the factors 2 L[i, i]^(n − i); exp has one more.
      factor(Number(Double(dimension - i + 1)) * u + Number(Double.log(2)))
    }
    let x = CovarianceMatrix(dimension: dimension, lower: lower)
    factor(law.logDensity(x))
    return x
  }
}

extension DrawingContext {
  @inlinable
  mutating func assume(_ law: VectorLaw<Double>, site: Site) -> [Double] {
    switch law.family {
    case .normal(let mean, let covariance):
      let plain: MultivariateNormal<Vector, DenseMatrix> = MultivariateNormal(
        mean, covariance: covariance.matrix)
      return base.pointee.draw(plain: plain, site: site)
    case .studentT(let degrees, let location, let scale):
      let plain = MultivariateStudentT(
        degreesOfFreedom: degrees, location: location, scale: scale.matrix)
      return base.pointee.draw(plain: plain, site: site)
    case .dirichlet(let concentration):
      return base.pointee.draw(Dirichlet(concentration), site: site)
    }
  }

  @inlinable
  mutating func assume(_ law: MatrixLaw<Double>, site: Site) -> CovarianceMatrix<Double> {
    let (degrees, scale) = (law.degrees, law.scale.matrix)
    let matrix =
      law.isInverse
      ? base.pointee.draw(
        plain: InverseWishart(degreesOfFreedom: degrees, scale: scale), site: site)
      : base.pointee.draw(plain: Wishart(degreesOfFreedom: degrees, scale: scale), site: site)
    return CovarianceMatrix(matrix)
  }
}
