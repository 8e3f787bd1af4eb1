import Glibc
import Probability
import Randomness
import Testing

/// Posteriors of vectors and matrices by Hamiltonian Monte Carlo, where they are known.
@Suite struct VectorPosteriorTests {
  typealias Moment = (truth: Double, number: ([Double]) -> Double)

  /// The largest z-score of the moments.
  private func check(
    _ label: String, _ model: some DifferentiableModel, seed: UInt64, _ moments: [Moment]
  ) throws {
    let posterior = try HamiltonianMonteCarlo(draws: 1500).run(model, key: RandomKey(seed: seed))
    var largest = 0.0
    var fewest = Double.infinity
    for moment in moments {
      let summary = posterior.summary(of: moment.number)
      largest = max(largest, abs(summary.mean - moment.truth) / summary.standardError)
      fewest = min(fewest, summary.bulkESS)
      #expect(summary.rHat < 1.02 && summary.bulkESS > 400)
    }
    print("\(label): largest of \(moments.count) z-scores \(largest), ESS from \(fewest)")
    #expect(largest < 4 && posterior.divergences == 0)
  }

  /// Dirichlet(0.7, 1.5, 2, 1) and the counts 12, 0, 5, 3 give Dirichlet(12.7, 1.5, 7, 4).
  @Test func dirichletMultinomial() throws {
    struct Shares: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        let shares = p.assume(.dirichlet([0.7, 1.5, 2, 1]))
        for (count, share) in zip([12.0, 0, 5, 3], shares) {
          p.factor(P.Number(count) * .log(share))
        }
        return shares
      }
    }
    let a = [12.7, 1.5, 7, 4]
    let total = a.reduce(0, +)
    var moments: [Moment] = []
    for i in 0..<4 {
      moments.append((a[i] / total, { $0[i] }))
      for j in 0...i {
        let product = a[i] * (a[j] + (i == j ? 1 : 0)) / (total * (total + 1))
        let (x, y) = (a[i] / total, a[j] / total)
        moments.append((product - x * y, { ($0[i] - x) * ($0[j] - y) }))
      }
    }
    try check("Dirichlet", Shares(), seed: 1, moments)
  }

  /// A normal vector of which a sum and a number are observed with noise.
  @Test func normalVectorWithData() throws {
    struct Plane: DifferentiableModel {
      static let mean = [1.0, -2, 0.5]
      static let covariance = DenseMatrix(rows: [[4, 1.9, 0], [1.9, 1, 0.2], [0, 0.2, 0.5]])
      static let noise = DenseMatrix(rows: [[0.5, 0.2], [0.2, 0.3]])
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        let mean = Self.mean.map { P.Number($0) }
        let x = p.assume(.normal(mean, covariance: Self.covariance))
        p.observe([0.3, 1.1], .normal([x[0] + x[1], x[2]], covariance: Self.noise))
        return x
      }
    }
    // Kalman's equations.
    let design = DenseMatrix(rows: [[1, 1, 0], [0, 0, 1]])
    let cross = Plane.covariance * design.transposed
    let spread = try #require(Cholesky(design * cross + Plane.noise))
    let gain = spread.solve(cross.transposed).transposed
    let shift = gain * zip([0.3, 1.1], design * Plane.mean).map { $0 - $1 }
    let mean = zip(Plane.mean, shift).map { $0 + $1 }
    let covariance = Plane.covariance - gain * cross.transposed
    var moments: [Moment] = []
    for i in 0..<3 {
      moments.append((mean[i], { $0[i] }))
      for j in 0...i {
        moments.append((covariance[i, j], { ($0[i] - mean[i]) * ($0[j] - mean[j]) }))
      }
    }
    try check("normal vector", Plane(), seed: 2, moments)
  }

  /// The prior alone: mean the location, covariance 10/8 of the scale.
  @Test func studentVector() throws {
    struct Heavy: DifferentiableModel {
      static let scale = DenseMatrix(rows: [[2, 0.6], [0.6, 1]])
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        p.assume(.studentT(degreesOfFreedom: 10, location: [1, -2], scale: Self.scale))
      }
    }
    try check(
      "Student t vector", Heavy(), seed: 3,
      [
        (1, { $0[0] }), (-2, { $0[1] }), (2.5, { ($0[0] - 1) * ($0[0] - 1) }),
        (1.25, { ($0[1] + 2) * ($0[1] + 2) }), (0.75, { ($0[0] - 1) * ($0[1] + 2) }),
      ])
  }

  /// Inverse Wishart with 5 degrees and six normal vectors: 11 degrees, the scale and the sum of
  /// their products; a mean of the scale / (11 − 3).
  @Test func covarianceWithData() throws {
    struct Spread: DifferentiableModel {
      static let prior = DenseMatrix(rows: [[3, 0.5], [0.5, 1]])
      static let data = [[1.0, 0.2], [-2, -1], [0.4, 1], [1.5, 0.9], [-0.3, 0.2], [2, 0.4]]
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        let covariance = p.assume(.inverseWishart(degreesOfFreedom: 5, scale: Self.prior))
        for y in Self.data { p.observe(y, .normal([0, 0], covariance: covariance)) }
        return covariance.lowerTriangle
      }
    }
    var scale = Spread.prior
    for y in Spread.data { scale.addOuterProduct(y) }
    // E log det = log det scale − 2 log 2 − ψ(11/2) − ψ(10/2) (Bishop, "Pattern recognition and
    // machine learning", appendix B).
    let logDeterminant =
      Cholesky(scale)!.logDeterminant - 2 * log(2) - Special.digamma(5.5) - Special.digamma(5)
    // Var of a diagonal element: it is inverse gamma with shape (11 − 1)/2 and half the scale's.
    let variances = [scale[0, 0], scale[1, 1]].map { $0 * $0 / 4 / (16 * 3) }
    let means = [scale[0, 0], scale[1, 0], scale[1, 1]].map { $0 / 8 }
    try check(
      "covariance", Spread(), seed: 4,
      [
        (means[0], { $0[0] }), (means[1], { $0[1] }), (means[2], { $0[2] }),
        (variances[0], { ($0[0] - means[0]) * ($0[0] - means[0]) }),
        (variances[1], { ($0[2] - means[2]) * ($0[2] - means[2]) }),
        (logDeterminant, { log($0[0] * $0[2] - $0[1] * $0[1]) }),
      ])
  }

  /// Wishart with 6 degrees: mean 6 S, covariances 6 (S[i, k] S[j, l] + S[i, l] S[j, k]).
  @Test func wishartMatrix() throws {
    struct Prior: DifferentiableModel {
      static let scale = DenseMatrix(rows: [[0.5, -0.2], [-0.2, 0.3]])
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        p.assume(.wishart(degreesOfFreedom: 6, scale: Self.scale)).lowerTriangle
      }
    }
    try check(
      "Wishart", Prior(), seed: 5,
      [
        (3, { $0[0] }), (-1.2, { $0[1] }), (1.8, { $0[2] }),
        (3, { ($0[0] - 3) * ($0[0] - 3) }), (1.14, { ($0[1] + 1.2) * ($0[1] + 1.2) }),
        (1.08, { ($0[2] - 1.8) * ($0[2] - 1.8) }), (0.48, { ($0[0] - 3) * ($0[2] - 1.8) }),
      ])
  }

  /// Shares whose concentration is a variable, and ten choices.
  struct Evenness: DifferentiableModel {
    let counts: [Double]
    func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
      let evenness = p.assume(.gamma(shape: 3, rate: 1))
      let shares = p.assume(.dirichlet([evenness, evenness * 2, 1]))
      for (count, share) in zip(counts, shares) { p.factor(P.Number(count) * .log(share)) }
      return [evenness] + shares
    }
  }

  @Test func calibrationOfRandomConcentrations() throws {
    let test = SimulationBasedCalibration(replicates: 320, draws: 31, bins: 8)
    let report = try test.run(
      [
        TestQuantity("evenness") { draw, _ in draw[0] },
        TestQuantity("first share") { draw, _ in draw[1] },
        TestQuantity("last share") { draw, _ in draw[3] },
        TestQuantity("likelihood") { (draw: [Double], counts: [Double]) in
          (0..<3).reduce(0) { $0 + counts[$1] * log(draw[$1 + 1]) }
        },
      ],
      prior: { random in
        let evenness = Gamma(shape: 3, rate: 1).sample(&random)
        return [evenness] + Dirichlet([evenness, evenness * 2, 1]).sample(&random)
      },
      data: { draw, random in
        var counts = [0.0, 0, 0]
        let choice = Categorical(Array(draw[1...]))
        for _ in 0..<10 { counts[choice.sample(&random)] += 1 }
        return counts
      },
      posterior: { counts, key throws(ProgramError) in
        try HamiltonianMonteCarlo(
          draws: test.draws, warmup: 150, chains: 1, thinning: 4, targetAcceptance: 0.9
        ).run(Evenness(counts: counts), key: key).draws
      }, key: RandomKey(seed: 6))
    print("calibration of random concentrations:\n\(report)")
    #expect(report.pValue > 1e-3)
  }
}
