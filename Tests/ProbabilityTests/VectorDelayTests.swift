import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Normal vectors against the dense Gaussian of everything in the program.
@Suite struct VectorDelayTests {
  /// A random covariance, Σ column·columnᵀ of random columns, and these columns.
  static func covariance(
    _ count: Int, rank: Int, _ random: inout RandomStream
  ) -> (matrix: DenseMatrix, columns: [[Double]]) {
    var columns: [[Double]] = []
    for _ in 0..<rank { columns.append((0..<count).map { _ in random.normal() }) }
    var matrix = DenseMatrix(rows: count, columns: count)
    for column in columns { matrix.addOuterProduct(column) }
    return (matrix, columns)
  }

  @Test func randomVectorProgramsMatchTheDenseGaussian() throws {
    try forAll(200) { random in
      var p = DelayedContext(key: RandomKey(seed: random.next()))
      var dense = DenseGaussian()
      var vectors: [(Random<[Double]>, [Int])] = []
      var (given, values): ([Int], [Double]) = ([], [])
      for turn in 0..<8 {
        let count = 1 + random.uniform(below: 3)
        // Sometimes the noise does not have full rank.
        let isObserved = turn >= 2 && random.uniform() < 0.5
        let rank = isObserved ? count + 1 : max(1, count - random.uniform(below: 2))
        let (noise, columns) = Self.covariance(count, rank: rank, &random)
        var mean = AffineVector((0..<count).map { _ in random.normal() })
        var terms = [[(index: Int, coefficient: Double)]](repeating: [], count: count)
        for _ in 0..<min(vectors.count, random.uniform(below: 3)) {
          let (vector, indices) = vectors[random.uniform(below: vectors.count)]
          let matrix = DenseMatrix(
            rows: count, columns: indices.count,
            elements: (0..<count * indices.count).map { _ in random.normal() })
          mean = random.uniform() < 0.5 ? mean + matrix * vector : matrix * vector + mean
          for row in 0..<count {
            for (column, index) in indices.enumerated() {
              terms[row].append((index, matrix[row, column]))
            }
          }
        }
        let constants = mean.elements.map(\.constant)
        let sources = columns.map { _ in dense.add([], shift: 0, variance: 1) }
        var indices: [Int] = []
        for row in 0..<count {
          let noises = zip(sources, columns).map { (index: $0, coefficient: $1[row]) }
          indices.append(dense.add(terms[row] + noises, shift: constants[row], variance: 0))
        }
        if isObserved {
          let value = (0..<count).map { _ in 2 * random.normal() }
          p.observe(value, MultivariateNormal(mean, covariance: noise))
          given += indices
          values += value
        } else {
          vectors.append((p.assume(MultivariateNormal(mean, covariance: noise)), indices))
        }
      }
      let wanted = vectors.flatMap(\.1)
      let variables = vectors.flatMap { vector in (0..<vector.1.count).map { vector.0[$0] } }
      let truth = dense.condition(given, values, wanted: wanted)
      try #require(isClose(p.logWeight, truth.logDensity, 1e-8))
      for (row, variable) in variables.enumerated() {
        try #require(isClose(p.graph.mean(variable), truth.means[row], 1e-7))
        for (column, other) in variables.enumerated() {
          let covariance = p.graph.covariance(variable, other)
          try #require(abs(covariance - truth.covariances[row][column]) < 1e-7)
        }
      }
      try #require(p.report.isExact)
      try #require(p.report.entries[0].assumed == variables.count)
    }
  }

  @Test func writtenOrderNeverMatters() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(MultivariateNormal([0, 0], covariance: .identity(2)))
    let y = p.assume(MultivariateNormal([0, 0], covariance: .identity(2)))
    let a = DenseMatrix(rows: [[1, 2], [0, 0.5]])
    let expected = AffineVector([x[0] + 2 * x[1] - y[0] + 1, 0.5 * x[1] - y[1] - 2])
    let (c, ax) = ([1.0, -2], a * x)
    let others: [AffineVector] = [
      ax - y + c, c + (ax - y), -(AffineVector(y) - ax) + c, c - (AffineVector(y) - ax),
      a * (x + [1.0, 0]) - (y + [0.0, 2]), 2 * (a * (0.5 * x)) - y + c,
    ]
    for other in others { #expect(other == expected) }
    #expect(AffineVector([1.0, 2]) == AffineVector([Affine(1), Affine(2)]))
  }

  /// Noise that some combination does not have: right is certain, wrong impossible.
  @Test func singularNoise() {
    let noise = DenseMatrix(rows: [[1, 2], [2, 4]])
    var p = DelayedContext(key: RandomKey(seed: 1))
    p.observe([1, 3], MultivariateNormal([0.0, 0], covariance: noise))
    #expect(p.logWeight == -.infinity)
    var q = DelayedContext(key: RandomKey(seed: 1))
    let x = q.assume(Normal(0, variance: 1))
    // 2·first − second is 2x + 0 with no noise.
    q.observe([1, 1.5], MultivariateNormal([x + 0, 0 * x], covariance: noise))
    #expect(isClose(q.graph.mean(x), 0.25) && abs(q.graph.variance(x)) < 1e-12)
  }

  @Test func componentsPart() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(
      MultivariateNormal([1, 2, 3], covariance: DenseMatrix(diagonal: [1, 2, 3])), at: "x")
    _ = p.value(x[1], at: "look")
    #expect(p.graph.variance(x[0]) == 1 && p.graph.variance(x[1]) == 0)
    let entry = p.report.entries[0]
    #expect(entry.assumed == 3 && entry.marginalized == 2)
    // Only one component is kept.
    var visitor = RandomVisitor(p.graph)
    visitor.keep(x[2])
    p.graph = visitor.eliminated()
    #expect(p.graph.count == 1 && p.graph.mean(x[2]) == 3)
  }

  @Test func covarianceThatIsNoneHasNoWeight() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    _ = p.assume(MultivariateNormal([0, 0], covariance: DenseMatrix(rows: [[1, 2], [2, 1]])))
    #expect(p.logWeight.isNaN)
  }
}

/// Linear regression with a random variance, against the multivariate t in closed form.
@Suite struct RegressionDelayTests {
  /// y = X·β + noise, β normal with covariance v·P, noise of variance v, v inverse gamma: the
  /// density of y, and the posterior of β and v.
  ///
  /// Source: Gelman and others, "Bayesian Data Analysis" (3rd edition, 2013), section 14.8, by
  /// way of the Gaussian with v = 1: log p(y) = log N(y) at its mean, with (b + q/2)^−(a + n/2) in
  /// place of exp(−q/2).
  @Test(arguments: ["scalars", "one vector", "precision"])
  func posteriorOfSlopesAndVariance(_ form: String) throws {
    try forAll(40) { random in
      let (dimension, count) = (1 + random.uniform(below: 3), 1 + random.uniform(below: 6))
      let (prior, columns) = VectorDelayTests.covariance(
        dimension, rank: dimension + 1, &random)
      let start = (0..<dimension).map { _ in random.normal() }
      let (a, b) = (2 + random.uniform(), 1 + random.uniform())
      let rows = (0..<count).map { _ in (0..<dimension).map { _ in random.normal() } }
      let values = (0..<count).map { _ in 2 * random.normal() }

      var dense = DenseGaussian()
      let sources = columns.map { _ in dense.add([], shift: 0, variance: 1) }
      let slopes = (0..<dimension).map { row in
        dense.add(
          zip(sources, columns).map { (index: $0, coefficient: $1[row]) }, shift: start[row],
          variance: 0)
      }
      let observed = rows.map { row in
        dense.add(
          zip(slopes, row).map { (index: $0, coefficient: $1) }, shift: 0.5, variance: 1)
      }
      let truth = dense.condition(observed, values, wanted: slopes)
      let peak = dense.condition(observed, observed.map { dense.means[$0] }, wanted: [])
      let square = 2 * (peak.logDensity - truth.logDensity)
      let (shape, scale) = (a + Double(count) / 2, b + square / 2)
      let evidence =
        peak.logDensity + lgamma(shape) - lgamma(a) + a * log(b) - shape * log(scale)

      var p = DelayedContext(key: RandomKey(seed: 1))
      let v: Random<Double>
      let beta: Random<[Double]>
      let unit: ScaledMatrix
      if form == "precision" {
        v = p.assume(Gamma(shape: a, rate: b))
        beta = p.assume(MultivariateNormal(start, covariance: prior / v))
        unit = DenseMatrix.identity(count) / v
      } else {
        v = p.assume(InverseGamma(shape: a, scale: b))
        beta = p.assume(MultivariateNormal(start, covariance: v * prior))
        unit = v * .identity(count)
      }
      let half = [Double](repeating: 0.5, count: count)
      if form == "scalars" {
        for (row, y) in zip(rows, values) {
          p.observe(y, Normal(dot(row, beta) + 0.5, variance: v))
        }
      } else {
        p.observe(
          values, MultivariateNormal(DenseMatrix(rows: rows) * beta + half, covariance: unit))
      }
      try #require(isClose(p.logWeight, evidence, 1e-8))
      for (row, slope) in truth.means.enumerated() {
        try #require(isClose(p.graph.mean(beta[row]), slope, 1e-7))
        let expected = truth.covariances[row][row] * scale / (shape - 1)
        try #require(isClose(p.graph.variance(beta[row]), expected, 1e-7))
        let mixed = truth.covariances[row][0] * scale / (shape - 1)
        try #require(isClose(p.graph.covariance(beta[row], beta[0]), mixed, 1e-7))
      }
      let mean = form == "precision" ? shape / scale : scale / (shape - 1)
      try #require(isClose(p.graph.mean(v), mean, 1e-8) && p.report.isExact)
    }
  }

  /// Known noise has no place in units of a random variance: the variance is drawn, and then all is
  /// Gaussian.
  @Test func knownNoiseForcesTheVariance() throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let v = p.assume(InverseGamma(shape: 3, scale: 2), at: "v")
    let beta = p.assume(
      MultivariateNormal([0.0, 1], covariance: v * DenseMatrix(diagonal: [1, 2])), at: "beta")
    p.observe(1.5, Normal(dot([1, 2], beta), variance: 0.3), at: "y")
    let drawn = p.value(v)
    #expect(isClose(p.logWeight, ConjugatePair.logNormal(1.5, 2, drawn * 9 + 0.3)))
    let entry = try #require(p.report.entries.first { $0.site.text == "v" })
    #expect(entry.forced.map(\.call) == [.observe] && entry.forced[0].site.text == "y")
    let other = try #require(p.report.entries.first { $0.site.text == "beta" })
    #expect(other.marginalized == 2)
  }
}
