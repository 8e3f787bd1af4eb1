import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Vectors and matrices with an inverse-Wishart covariance, against the closed form of the whole
/// data, and against one and two dimensions by quadrature.
@Suite struct MatrixDelayTests {
  /// log Γₚ(x).
  static func logGamma(_ x: Double, _ dimension: Int) -> Double {
    var result = Double(dimension * (dimension - 1)) / 4 * log(Double.pi)
    for index in 0..<dimension { result += lgamma(x - Double(index) / 2) }
    return result
  }

  /// log det by elimination.
  static func logDeterminant(_ matrix: DenseMatrix) -> Double {
    var rows = (0..<matrix.rows).map { matrix.row($0) }
    var result = 0.0
    for k in rows.indices {
      result += log(rows[k][k])
      for i in rows.indices where i > k {
        let factor = rows[i][k] / rows[k][k]
        for j in rows.indices { rows[i][j] -= factor * rows[k][j] }
      }
    }
    return result
  }

  /// Y = A·B + noise, B normal of mean M, row covariance U and column covariance W; W inverse
  /// Wishart(k, Ψ); noise of row covariance R and column covariance W. Then Y is matrix t:
  /// log p = log Γₚ((k+n)/2) − log Γₚ(k/2) − np/2 log π − p/2 log|S| + k/2 log|Ψ|
  /// − (k+n)/2 log|Ψ + Eᵀ S⁻¹ E|, with S = A U Aᵀ + R and E = Y − A·M.
  ///
  /// Source: Dawid, "Some matrix-variate distribution theory" (Biometrika 1981).
  @Test(arguments: ["matrix", "rows", "vector form"])
  func matrixRegression(_ form: String) throws {
    try forAll(30) { random in
      let (p, m, n) = (
        1 + random.uniform(below: 3), 1 + random.uniform(below: 3), 1 + random.uniform(below: 4)
      )
      func matrix(_ rows: Int, _ columns: Int, _ random: inout RandomStream) -> DenseMatrix {
        DenseMatrix(
          rows: rows, columns: columns,
          elements: (0..<rows * columns).map { _ in random.normal() })
      }
      func spread(_ size: Int, _ random: inout RandomStream) -> DenseMatrix {
        VectorDelayTests.covariance(size, rank: size + 1, &random).matrix
      }
      let degrees = Double(p) + 3.5 + random.uniform()
      let (psi, mean, u) = (spread(p, &random), matrix(m, p, &random), spread(m, &random))
      let (a, y) = (matrix(n, m, &random), matrix(n, p, &random))
      // Independent rows where they are observed one by one.
      let r = form == "matrix" ? spread(n, &random) : DenseMatrix.identity(n)

      let s = a * u * a.transposed + r
      let e = y - a * mean
      let solved = try #require(Cholesky(s)).solve(e)
      let posterior = psi + e.transposed * solved
      let total = degrees + Double(n)
      var truth = Self.logGamma(total / 2, p) - Self.logGamma(degrees / 2, p)
      truth -= Double(n * p) / 2 * log(Double.pi) + Double(p) / 2 * Self.logDeterminant(s)
      truth += degrees / 2 * Self.logDeterminant(psi)
      truth -= total / 2 * Self.logDeterminant(posterior)

      var context = DelayedContext(key: RandomKey(seed: 1))
      let w = context.assume(InverseWishart(degreesOfFreedom: degrees, scale: psi))
      let b = context.assume(MatrixNormal(mean, rowCovariance: u, columnCovariance: w))
      switch form {
      case "matrix":
        context.observe(
          y, MatrixNormal(a * b.rows(m), rowCovariance: r, columnCovariance: w))
      case "rows":
        for (row, mean) in (a * b.rows(m)).enumerated() {
          context.observe(y.row(row), MultivariateNormal(mean, covariance: w))
        }
      default:
        for row in 0..<n {
          let mean = dot(a.row(row), b.rows(m)) + [Double](repeating: 1, count: p)
          context.observe(
            y.row(row).map { $0 + 1 }, MultivariateNormal(mean, covariance: 1 * w))
        }
      }
      try #require(isClose(context.logWeight, truth, 1e-8))
      // E W = Ψ'/(k' − p − 1), E B = M + U Aᵀ S⁻¹ E.
      let gain = u * a.transposed * solved
      let reduced = u - u * a.transposed * (try #require(Cholesky(s)).solve(a * u))
      let unit = 1 / (total - Double(p) - 1)
      for i in 0..<p {
        for j in 0..<p {
          let element = w.element(i, j, rows: p)
          try #require(isClose(context.graph.mean(element), posterior[i, j] * unit, 1e-8))
        }
      }
      for i in 0..<m {
        for j in 0..<p {
          let element = b.element(i, j, rows: m)
          try #require(isClose(context.graph.mean(element), mean[i, j] + gain[i, j], 1e-7))
          let variance = reduced[i, i] * posterior[j, j] * unit
          try #require(isClose(context.graph.variance(element), variance, 1e-7))
          let other = b.element(0, 0, rows: m)
          let covariance = reduced[i, 0] * posterior[j, 0] * unit
          try #require(isClose(context.graph.covariance(element, other), covariance, 1e-7))
        }
      }
      try #require(context.report.isExact)
      try #require(context.report.entries.reduce(0) { $0 + $1.assumed } == 1 + m)
    }
  }

  /// In one dimension the covariance is an inverse-gamma variance, of shape k/2 and scale Ψ/2.
  @Test func oneDimension() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let w = p.assume(InverseWishart(degreesOfFreedom: 9, scale: DenseMatrix(rows: [[7]])))
    let x = p.assume(MultivariateNormal([0.5], covariance: 2 * w))
    p.observe([1.5], MultivariateNormal(AffineVector([3 * x[0] - 1]), covariance: w / 2))
    p.observe([0.5], MultivariateNormal(x, covariance: w))
    var q = DelayedContext(key: RandomKey(seed: 1))
    let v = q.assume(InverseGamma(shape: 4.5, scale: 3.5))
    let z = q.assume(Normal(0.5, variance: 2 * v))
    q.observe(1.5, Normal(3 * z - 1, variance: v / 2))
    q.observe(0.5, Normal(z, variance: v))
    #expect(isClose(p.logWeight, q.logWeight))
    #expect(isClose(p.graph.mean(x[0]), q.graph.mean(z)))
    #expect(isClose(p.graph.variance(x[0]), q.graph.variance(z)))
    let element = w.element(0, 0, rows: 1)
    #expect(isClose(p.graph.mean(element), q.graph.mean(v)))
    #expect(isClose(p.graph.variance(element), q.graph.variance(v)))
  }

  /// A chain of vectors with the covariance of the noise in all of them.
  @Test func chainAndElimination() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let psi = DenseMatrix(rows: [[2, 0.5], [0.5, 1]])
    let w = p.assume(InverseWishart(degreesOfFreedom: 6, scale: psi))
    var x = p.assume(MultivariateNormal([0.0, 0], covariance: w))
    var q = p
    var kept = x
    for t in 0..<6 {
      let y = [Double(t), 1]
      x = p.assume(MultivariateNormal(0.5 * x, covariance: 2 * w))
      p.observe(y, MultivariateNormal(x, covariance: w))
      kept = q.assume(MultivariateNormal(0.5 * kept, covariance: 2 * w))
      q.observe(y, MultivariateNormal(kept, covariance: w))
      var visitor = RandomVisitor(p.graph)
      visitor.keep(x)
      visitor.keep(w)
      p.graph = visitor.eliminated()
      // The vector and its covariance, which has its size with it.
      #expect(p.graph.count == 2 + 2 + 4)
    }
    #expect(isClose(p.logWeight, q.logWeight))
    #expect(isClose(p.graph.mean(x[1]), q.graph.mean(kept[1])))
    #expect(isClose(p.graph.covariance(x[0], x[1]), q.graph.covariance(kept[0], kept[1])))
    // A vector keeps the covariance that its distribution is written in terms of.
    var visitor = RandomVisitor(p.graph)
    visitor.keep(x)
    p.graph = visitor.eliminated()
    #expect(p.graph.count == 2 + 4 && isClose(p.graph.mean(x[1]), q.graph.mean(kept[1])))
    visitor = RandomVisitor(p.graph)
    p.graph = visitor.eliminated()
    #expect(p.graph.count == 0)
  }

  /// A Wishart precision is the inverse of an inverse-Wishart covariance.
  @Test func precision() throws {
    let psi = DenseMatrix(rows: [[2, 0.5], [0.5, 1]])
    // Its inverse, by hand: the determinant is 1.75.
    let inverse = DenseMatrix(rows: [[1 / 1.75, -0.5 / 1.75], [-0.5 / 1.75, 2 / 1.75]])
    var p = DelayedContext(key: RandomKey(seed: 1))
    let precision = p.assume(Wishart(degreesOfFreedom: 6, scale: inverse))
    let x = p.assume(MultivariateNormal([0.5, 1], covariance: 2 / precision))
    p.observe([1, 3], MultivariateNormal(x, covariance: 1 / precision))
    var q = DelayedContext(key: RandomKey(seed: 1))
    let covariance = q.assume(InverseWishart(degreesOfFreedom: 6, scale: psi))
    let y = q.assume(MultivariateNormal([0.5, 1], covariance: 2 * covariance))
    q.observe([1, 3], MultivariateNormal(y, covariance: covariance))
    #expect(isClose(p.logWeight, q.logWeight) && isClose(p.graph.mean(x[0]), q.graph.mean(y[0])))
    #expect(isClose(p.graph.variance(x[1]), q.graph.variance(y[1])) && p.report.isExact)
    // The mean of W is k'·Ψ'⁻¹, Ψ' = Ψ + r rᵀ/3 with r = (0.5, 2), k' = 7.
    let posterior = (2 + 0.25 / 3, 0.5 + 1.0 / 3, 1 + 4.0 / 3)
    let determinant = posterior.0 * posterior.2 - posterior.1 * posterior.1
    let (first, mixed) = (posterior.2 / determinant, -posterior.1 / determinant)
    #expect(isClose(p.graph.mean(precision.element(0, 0, rows: 2)), 7 * first))
    #expect(isClose(p.graph.mean(precision.element(0, 1, rows: 2)), 7 * mixed))
    #expect(isClose(p.graph.variance(precision.element(0, 0, rows: 2)), 14 * first * first))
    // Used as a covariance it must have a value.
    p.observe([1, 3], MultivariateNormal([0, 0], covariance: precision))
    #expect(!p.report.isExact)
  }

  /// A mean that mixes components has no closed form: the covariance is drawn.
  @Test func mixedComponentsForceTheCovariance() throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let psi = DenseMatrix(rows: [[2, 0.5], [0.5, 1]])
    let w = p.assume(InverseWishart(degreesOfFreedom: 6, scale: psi), at: "w")
    let x = p.assume(MultivariateNormal([0.0, 1], covariance: w), at: "x")
    let a = DenseMatrix(rows: [[1, 1], [0, 1]])
    p.observe([1, 2], MultivariateNormal(a * x, covariance: w), at: "y")
    let entry = try #require(p.report.entries.first { $0.site.text == "w" })
    #expect(entry.forced.map(\.site.text) == ["y"] && !p.report.isExact)
    // Given the covariance, y is normal of mean a·(0, 1) and covariance a·W·aᵀ + W.
    let drawn = p.value(w)
    let law = MultivariateNormal([1, 1], covariance: a * drawn * a.transposed + drawn)
    #expect(isClose(p.logWeight, law.logDensity([1, 2])))
  }
}
