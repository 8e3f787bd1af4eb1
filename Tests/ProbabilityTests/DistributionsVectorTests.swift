import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Draws of vectors and matrices, by marginals whose distribution is known.
@Suite struct DistributionsVectorTests {
  static let draws = 400_000
  private let covariance = DenseMatrix(rows: [[2, 0.6, -0.3], [0.6, 1, 0.2], [-0.3, 0.2, 0.5]])

  private func check(
    _ label: String, _ marginal: some ContinuousDistribution,
    _ draw: (inout RandomStream) -> Double
  ) {
    var stream = RandomKey(seed: 11).child(label).stream()
    let fit = Fit.continuous(marginal, draws: Self.draws) { draw(&stream) }
    print("sampler \(label): \(fit.description)")
    #expect(fit.isGood, "\(label): \(fit.description)")
  }

  /// A projection of a multivariate normal or t is normal or t.
  @Test func multivariateNormalAndStudentT() {
    let mean = [1.0, -2.0, 0.5]
    let normal = MultivariateNormal(mean, covariance: covariance)
    let t = MultivariateStudentT(degreesOfFreedom: 4, location: mean, scale: covariance)
    for c in [[1.0, 0, 0], [0, 0, 1], [1, -2, 3]] {
      let square = covariance.form(c, c)
      check("multivariate normal along \(c)", Normal(dot(c, mean), variance: square)) {
        dot(c, normal.sample(&$0))
      }
      check(
        "multivariate t along \(c)",
        StudentT(degreesOfFreedom: 4, location: dot(c, mean), scale: square.squareRoot())
      ) { dot(c, t.sample(&$0)) }
    }
  }

  /// For X Wishart, cᵀXc / cᵀSc is chi-square, and 1 / cᵀX⁻¹c · cᵀS⁻¹c too, with ν − p + 1 degrees
  /// (Muirhead, theorem 3.2.11). The inverse Wishart is the same for X⁻¹.
  @Test func wishartAndInverse() throws {
    let nu = 4.5
    let inverse = try #require(Cholesky(covariance)).inverse()
    let wishart = Wishart(degreesOfFreedom: nu, scale: covariance)
    let inverted = InverseWishart(degreesOfFreedom: nu, scale: inverse)
    let chiSquare = Gamma(shape: nu / 2, rate: 0.5)
    let fewer = Gamma(shape: (nu - 2) / 2, rate: 0.5)
    for c in [[1.0, 0, 0], [0, 0, 1], [1, -2, 3]] {
      let (square, dual) = (covariance.form(c, c), inverse.form(c, c))
      check("Wishart along \(c)", chiSquare) { wishart.sample(&$0).form(c, c) / square }
      check("Wishart across \(c)", fewer) { dual / Cholesky(wishart.sample(&$0))!.squaredLength(c) }
      check("inverse Wishart along \(c)", fewer) { dual / inverted.sample(&$0).form(c, c) }
      check("inverse Wishart across \(c)", chiSquare) {
        Cholesky(inverted.sample(&$0))!.squaredLength(c) / square
      }
    }
  }

  /// aᵀXb is normal; with an inverse Wishart covariance it is Student t.
  @Test func matrixNormals() {
    let mean = DenseMatrix(rows: [[1, 0, -1], [2, 3, 0.5]])
    let rows = DenseMatrix(rows: [[1, 0.4], [0.4, 3]])
    let normal = MatrixNormal(mean, rowCovariance: rows, columnCovariance: covariance)
    let joint = MatrixNormalInverseWishart(
      mean: mean, rowCovariance: rows, degreesOfFreedom: 6, scale: covariance)
    for (a, b) in [([1.0, 0.0], [0.0, 1, 0]), ([1, -1], [2, 0.5, 1])] {
      let center = dot(a, mean * b)
      let square = rows.form(a, a) * covariance.form(b, b)
      check("matrix normal \(a) \(b)", Normal(center, variance: square)) {
        dot(a, normal.sample(&$0) * b)
      }
      let freedom = 6.0 - 3 + 1
      check(
        "matrix normal, inverse Wishart \(a) \(b)",
        StudentT(
          degreesOfFreedom: freedom, location: center, scale: (square / freedom).squareRoot())
      ) { dot(a, joint.sample(&$0).matrix * b) }
      check(
        "covariance along \(b)",
        InverseGamma(shape: freedom / 2, scale: covariance.form(b, b) / 2)
      ) { joint.sample(&$0).covariance.form(b, b) }
    }
  }

  @Test func normalInverseGammaAndDirichlet() {
    let joint = NormalInverseGamma(mean: 2, precision: 0.3, shape: 2.5, scale: 1.5)
    check("variance of normal-inverse-gamma", InverseGamma(shape: 2.5, scale: 1.5)) {
      joint.sample(&$0).variance
    }
    check(
      "mean of normal-inverse-gamma",
      StudentT(degreesOfFreedom: 5, location: 2, scale: (1.5 / (2.5 * 0.3)).squareRoot())
    ) { joint.sample(&$0).mean }
    let dirichlet = Dirichlet([0.4, 3, 1.6])
    check("Dirichlet, first", Beta(0.4, 4.6)) { dirichlet.sample(&$0)[0] }
    check("Dirichlet, second", Beta(3, 2)) { dirichlet.sample(&$0)[1] }
    check("Dirichlet, sum of two", Beta(2, 3)) {
      let x = dirichlet.sample(&$0)
      return x[0] + x[2]
    }
  }

  /// All counts of n in k options.
  private func allCounts(_ n: Int, _ k: Int) -> [[Int]] {
    if k == 1 { return [[n]] }
    return (0...n).flatMap { first in allCounts(n - first, k - 1).map { [first] + $0 } }
  }

  private func checkCounts(_ distribution: some Distribution<[Int]>, _ n: Int, _ k: Int) {
    let all = allCounts(n, k)
    let probabilities = all.map { exp(distribution.logDensity($0)) }
    #expect(abs(probabilities.reduce(0, +) - 1) < 1e-13)
    var counts = [Int](repeating: 0, count: all.count)
    var stream = RandomKey(seed: 12).stream()
    for _ in 0..<1_000_000 {
      counts[all.firstIndex(of: distribution.sample(&stream))!] += 1
    }
    let deviation = chiSquareDeviation(counts, probabilities)
    print("sampler \(distribution): \(deviation)")
    #expect(deviation < 4)
  }

  @Test func countsOfOptions() {
    checkCounts(Multinomial(count: 4, probabilities: [0.2, 0, 0.5, 0.3]), 4, 4)
    checkCounts(DirichletMultinomial(count: 4, concentration: [0.5, 2, 1]), 4, 3)
    #expect(Multinomial(count: 4, probabilities: [0.5, 0.5]).logDensity([1, 2]) == -.infinity)
    #expect(Multinomial(count: 4, probabilities: [0.5, 0.5]).logDensity([5, -1]) == -.infinity)
    #expect(Multinomial(count: 4, probabilities: [1, 0]).logDensity([3, 1]) == -.infinity)
    #expect(Multinomial(count: 4, probabilities: [1, 0]).logDensity([4, 0]) == 0)
    #expect(
      DirichletMultinomial(count: 1, concentration: [1, 1]).logDensity([1, 1]) == -.infinity)
  }

  /// All seatings of five customers: their probabilities sum to 1, depend on the counts alone, and
  /// are met by draws.
  @Test func seatingsOfARestaurant() {
    let empty = PitmanYor(discount: 0.4, concentration: 0.7, counts: [])
    var seatings: [(restaurant: PitmanYor, path: [Int], logarithm: Double)] = [(empty, [], 0)]
    for _ in 0..<5 {
      seatings = seatings.flatMap { seating in
        seating.restaurant.support.map { table in
          var next = seating.restaurant
          next.seat(at: table)
          let step = seating.restaurant.logDensity(table)
          return (next, seating.path + [table], seating.logarithm + step)
        }
      }
    }
    // The number of partitions of five things.
    #expect(seatings.count == 52)
    #expect(abs(seatings.map { exp($0.logarithm) }.reduce(0, +) - 1) < 1e-14)
    for seating in seatings {
      #expect(abs(seating.restaurant.logPartition - seating.logarithm) < 1e-13)
    }
    var counts = [Int](repeating: 0, count: seatings.count)
    var stream = RandomKey(seed: 13).stream()
    for _ in 0..<500_000 {
      var restaurant = empty
      var path: [Int] = []
      for _ in 0..<5 {
        path.append(restaurant.sample(&stream))
        restaurant.seat(at: path.last!)
      }
      counts[seatings.firstIndex { $0.path == path }!] += 1
    }
    let deviation = chiSquareDeviation(counts, seatings.map { exp($0.logarithm) })
    print("sampler of seatings: \(deviation)")
    #expect(deviation < 4)
    var chinese = ChineseRestaurant(concentration: 2, counts: [1])
    chinese.seat(at: 0)
    chinese.seat(at: 1)
    #expect(chinese.counts == [2, 1])
    // θ² · 1! / (θ (θ+1) (θ+2)) by the Ewens formula.
    #expect(abs(chinese.logPartition - log(4.0 / 24)) < 1e-15)
  }
}
