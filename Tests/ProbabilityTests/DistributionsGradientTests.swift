import Probability
import Randomness
import TestSupport
import Testing

/// Gradients of the log-densities of vectors and matrices.
///
/// The values are from mpmath 1.4.1 with `mp.dps = 50`: for each number of the value,
/// `diff(lambda t: f(x[:i] + [t] + x[i+1:]), x[i], h=mpf(10)**-15)`, where f is the density's
/// formula with `det` and the trace of products with `inverse`, of a matrix whose elements are all
/// free.
@Suite struct DistributionsGradientTests {
  private let center = [1.0, -2, 0.5]
  private let scale = DenseMatrix(rows: [[2, 0.6, -0.3], [0.6, 1, 0.2], [-0.3, 0.2, 0.5]])
  private let mean = DenseMatrix(rows: [[1, 0, -1], [2, 3, 0.5]])
  private let rows = DenseMatrix(rows: [[1, 0.4], [0.4, 3]])
  private let covariance = DenseMatrix(
    rows: [[1.5, 0.25, -0.5], [0.25, 0.75, 0.125], [-0.5, 0.125, 2]])
  private let matrix = DenseMatrix(rows: [[0.5, -1, 2], [1, 0.25, -0.75]])

  private func expect(_ found: [Double], _ truth: [Double], _ label: String) {
    #expect(found.count == truth.count)
    for (found, truth) in zip(found, truth) {
      #expect(abs(found - truth) < 1e-13 * (1 + abs(truth)), "\(label): \(found), not \(truth)")
    }
  }

  @Test func vectorsHaveTheirGradients() {
    let t = MultivariateStudentT(degreesOfFreedom: 4, location: center, scale: scale)
    expect(
      t.logDensityGradient([0.25, 1.5, -1]),
      [0.59411580416393723, -1.1496871825543752, 1.277282523045959], "t")
    expect(
      Dirichlet([0.5, 2, 1, 3.5]).logDensityGradient([0.125, 0.25, 0.5, 0.125]),
      [-4, 4, 0, 20], "Dirichlet")
    let pair = NormalInverseGamma(mean: 2, precision: 0.3, shape: 2.5, scale: 1.5)
      .logDensityGradient(MeanAndVariance(mean: -1.5, variance: 0.75))
    expect([pair.mean, pair.variance], [1.4, 0.6], "normal-inverse-gamma")
  }

  @Test func matricesHaveTheirGradients() {
    let wishart = Wishart(degreesOfFreedom: 4.5, scale: scale).logDensityGradient(covariance)
    expect(
      wishart.elements,
      [
        -0.20082843974787865, 0.23672988844060934, -0.30937989059426553,
        0.23672988844060934, -0.4220520036181424, 0.46023632787261842,
        -0.30937989059426553, 0.46023632787261842, -1.2776062829329926,
      ], "Wishart")
    let inverse = InverseWishart(degreesOfFreedom: 4.5, scale: scale)
      .logDensityGradient(covariance)
    expect(
      inverse.elements,
      [
        -2.8780547855580999, 1.2450405468225409, -0.84442416625058109,
        1.2450405468225409, -5.3698524474440867, 0.72156471135138858,
        -0.84442416625058109, 0.72156471135138858, -2.3351457447358,
      ], "inverse Wishart")
    let normal = MatrixNormal(mean, rowCovariance: rows, columnCovariance: scale)
      .logDensityGradient(matrix)
    expect(
      normal.elements,
      [
        -2.5391100930844583, 4.1686973049368878, -9.8810858228958526,
        0.33566450606754715, 0.26164774111798821, 1.8220917198693893,
      ], "matrix normal")
    let joint = MatrixNormalInverseWishart(
      mean: mean, rowCovariance: rows, degreesOfFreedom: 4.5, scale: scale
    ).logDensityGradient(MatrixAndCovariance(matrix: matrix, covariance: covariance))
    expect(
      joint.matrix.elements,
      [
        -0.61627023552100988, 1.4166325755362048, -1.9151423061188709,
        0.16100753900999357, 0.98124013792297353, 0.41026240430132663,
      ], "matrix of both")
    expect(
      joint.covariance.elements,
      [
        -3.4773465468695855, 1.2689379644891265, -0.48322316260123368,
        1.2689379644891265, -3.8267384233432135, -0.12474244928949396,
        -0.48322316260123368, -0.12474244928949396, -1.1273875653500902,
      ], "covariance of both")
  }

  /// The gradient of a distribution and its density along a line, of which `move` gives a point.
  private func isSlope<D: DifferentiableDistribution>(
    _ distribution: D, _ move: (Double) -> D.Value, _ product: (D.Value) -> Double
  ) -> Bool {
    func difference(_ step: Double) -> Double {
      (distribution.logDensity(move(step)) - distribution.logDensity(move(-step))) / (2 * step)
    }
    let truth = (4 * difference(1e-4) - difference(2e-4)) / 3
    let found = product(distribution.logDensityGradient(move(0)))
    return abs(found - truth) < 1e-7 * (1 + abs(truth))
  }

  private func random(_ rows: Int, _ columns: Int, _ stream: inout RandomStream) -> DenseMatrix {
    DenseMatrix(
      rows: rows, columns: columns, elements: (0..<(rows * columns)).map { _ in stream.normal() })
  }

  private func definite(_ n: Int, _ stream: inout RandomStream) -> DenseMatrix {
    let root = random(n, n, &stream)
    return root * root.transposed + DenseMatrix.identity(n)
  }

  /// Along a change within the support the derivative is the sum of products: a symmetric change of
  /// a matrix, a change of probabilities that sums to zero.
  @Test func gradientsAreSlopesWithinTheSupport() throws {
    try forAll(30, seed: 3) { random in
      let (n, p) = (1 + random.uniform(below: 3), 1 + random.uniform(below: 4))
      let (rows, columns) = (definite(n, &random), definite(p, &random))
      let (x, value) = (self.random(n, p, &random), definite(p, &random))
      let direction = self.random(n, p, &random)
      var turn = self.random(p, p, &random)
      turn.symmetrize()
      let nu = Double(p) + 2 * random.uniform()
      func along(_ gradient: DenseMatrix, _ change: DenseMatrix) -> Double {
        dot(gradient.elements, change.elements)
      }
      let wishart = Wishart(degreesOfFreedom: nu, scale: columns)
      try #require(isSlope(wishart, { value + $0 * turn }, { along($0, turn) }))
      let inverse = InverseWishart(degreesOfFreedom: nu, scale: columns)
      try #require(isSlope(inverse, { value + $0 * turn }, { along($0, turn) }))
      let normal = MatrixNormal(
        self.random(n, p, &random), rowCovariance: rows, columnCovariance: columns)
      try #require(isSlope(normal, { x + $0 * direction }, { along($0, direction) }))
      let joint = MatrixNormalInverseWishart(
        mean: normal.mean, rowCovariance: rows, degreesOfFreedom: nu, scale: columns)
      try #require(
        isSlope(
          joint,
          { MatrixAndCovariance(matrix: x + $0 * direction, covariance: value + $0 * turn) },
          { along($0.matrix, direction) + along($0.covariance, turn) }))
      let options = 2 + random.uniform(below: 4)
      let dirichlet = Dirichlet((0..<options).map { _ in 0.3 + 3 * random.uniform() })
      let point = Dirichlet([Double](repeating: 8, count: options)).sample(&random)
      var change = (0..<options).map { _ in 0.1 * random.normal() }
      let mean = change.reduce(0, +) / Double(options)
      change = change.map { ($0 - mean) * point.min()! }
      try #require(
        isSlope(dirichlet, { s in zip(point, change).map { $0 + s * $1 } }, { dot($0, change) }))
      let t = MultivariateStudentT(
        degreesOfFreedom: nu, location: x.row(0), scale: columns)
      let (start, step) = (direction.row(0), turn.row(0))
      try #require(isSlope(t, { s in zip(start, step).map { $0 + s * $1 } }, { dot($0, step) }))
      let gaussian = MultivariateNormal(x.row(0), covariance: columns)
      try #require(
        isSlope(gaussian, { s in zip(start, step).map { $0 + s * $1 } }, { dot($0, step) }))
    }
  }

  @Test func gradientsBySymmetricMatricesAreSymmetric() {
    for gradient in [
      Wishart(degreesOfFreedom: 4.5, scale: scale).logDensityGradient(covariance),
      InverseWishart(degreesOfFreedom: 4.5, scale: scale).logDensityGradient(covariance),
      MatrixNormalInverseWishart(
        mean: mean, rowCovariance: rows, degreesOfFreedom: 4.5, scale: scale
      ).logDensityGradient(MatrixAndCovariance(matrix: matrix, covariance: covariance)).covariance,
    ] { #expect(gradient == gradient.transposed) }
  }

  /// At the ends of the simplex as the scalar laws have it: infinite, or that factor left out.
  @Test func endsOfTheSimplex() {
    let slopes = Dirichlet([2, 1, 3]).logDensityGradient([0, 0, 1])
    #expect(slopes == [.infinity, 0, 2])
    #expect(Dirichlet([0.5, 1]).logDensityGradient([0, 1]) == [-.infinity, 0])
  }

  @Test func outsideAndFlawedIsNaN() {
    func isNaN(_ numbers: [Double], _ count: Int) -> Bool {
      numbers.count == count && numbers.allSatisfy(\.isNaN)
    }
    #expect(isNaN(Dirichlet([2, 1]).logDensityGradient([0.5, 0.6]), 2))
    #expect(isNaN(Dirichlet([2, 0]).logDensityGradient([0.5, 0.5]), 2))
    let singular = DenseMatrix(rows: [[1, 1], [1, 1]])
    let identity = DenseMatrix.identity(2)
    let t = MultivariateStudentT(degreesOfFreedom: 0, location: [0, 0], scale: identity)
    #expect(isNaN(t.logDensityGradient([0, 0]), 2))
    for (scale, x) in [(identity, singular), (singular, identity)] {
      let wishart = Wishart(degreesOfFreedom: 3, scale: scale)
      #expect(isNaN(wishart.logDensityGradient(x).elements, 4))
      let inverse = InverseWishart(degreesOfFreedom: 3, scale: scale)
      #expect(isNaN(inverse.logDensityGradient(x).elements, 4))
      let joint = MatrixNormalInverseWishart(
        mean: identity, rowCovariance: identity, degreesOfFreedom: 3, scale: scale)
      let both = joint.logDensityGradient(MatrixAndCovariance(matrix: identity, covariance: x))
      #expect(isNaN(both.matrix.elements + both.covariance.elements, 8))
    }
    let normal = MatrixNormal(identity, rowCovariance: singular, columnCovariance: identity)
    #expect(isNaN(normal.logDensityGradient(identity).elements, 4))
    let pair = NormalInverseGamma(mean: 2, precision: 0.3, shape: 2.5, scale: 1.5)
    for variance in [0, -1, .nan, .infinity] {
      let slopes = pair.logDensityGradient(MeanAndVariance(mean: 0, variance: variance))
      #expect(slopes.mean.isNaN && slopes.variance.isNaN)
    }
    let flawed = NormalInverseGamma(mean: 2, precision: -1, shape: 2.5, scale: 1.5)
    #expect(flawed.logDensityGradient(MeanAndVariance(mean: 0, variance: 1)).mean.isNaN)
  }
}
