import Probability
import Testing

/// Against values of Oracles/generate.py, which says how to write them anew.
@Suite struct DistributionsOracleTests {
  @Test func continuousDistributionsAgreeWithMpmath() throws {
    var worst: [String: WorstError] = [:]
    for row in try OracleRow.table("continuous.tsv") {
      let distribution = try #require(continuousDistribution(row), "\(row)")
      let value: Double
      let error: Double
      switch row.function {
      case "logDensity":
        value = distribution.logDensity(row.x)
        error = row.error(of: value, relative: 1e-12, absolute: 1e-12)
      case "logCDF":
        value = distribution.logCDF(row.x)
        error = row.error(of: value, relative: 1e-10, absolute: 1e-15)
      case "logSurvival":
        value = distribution.logSurvival(row.x)
        error = row.error(of: value, relative: 1e-10, absolute: 1e-15)
      case "quantile":
        value = distribution.quantile(row.x)
        error = row.error(of: value, relative: 1e-10, absolute: 1e-15)
      case "gradient":
        value = distribution.logDensityGradient(row.x)
        error = row.error(of: value, relative: 1e-10, absolute: 1e-12)
      default:
        value = .nan
        error = .infinity
      }
      #expect(error <= 1, "\(row): \(value), expected \(row.expected)")
      worst[row.function, default: WorstError()].note(error, row)
    }
    report("continuous", worst)
  }

  @Test func discreteDistributionsAgreeWithMpmath() throws {
    var worst: [String: WorstError] = [:]
    for row in try OracleRow.table("discrete.tsv") {
      let distribution = try #require(discreteDistribution(row), "\(row)")
      let x = Int(row.x)
      let value: Double
      let error: Double
      switch row.function {
      case "logDensity":
        value = distribution.logDensity(x)
        error = row.error(of: value, relative: 1e-12, absolute: 1e-12)
      case "logCDF":
        value = distribution.logCDF(x)
        error = row.error(of: value, relative: 1e-10, absolute: 1e-13)
      case "logSurvival":
        value = distribution.logSurvival(x)
        error = row.error(of: value, relative: 1e-10, absolute: 1e-13)
      default:
        value = .nan
        error = .infinity
      }
      #expect(error <= 1, "\(row): \(value), expected \(row.expected)")
      worst[row.function, default: WorstError()].note(error, row)
    }
    report("discrete", worst)
  }

  @Test func specialFunctionsAgreeWithMpmath() throws {
    var worst: [String: WorstError] = [:]
    for row in try OracleRow.table("special.tsv") {
      let found = special(row)
      let (value, relative, absolute) = try #require(found, "\(row)")
      let error = row.error(of: value, relative: relative, absolute: absolute)
      #expect(error <= 1, "\(row): \(value), expected \(row.expected)")
      worst[row.name, default: WorstError()].note(error, row)
    }
    report("special", worst)
  }

  @Test func vectorAndMatrixDensitiesAgreeWithMpmath() throws {
    var worst: [String: WorstError] = [:]
    for row in try OracleRow.table("multivariate.tsv") {
      var numbers = Numbers(row.parameters)
      let density = numbers.logDensity(row.name)
      let value = try #require(density, "\(row)")
      #expect(numbers.isEmpty, "\(row)")
      // Matrices are given up to rounding of 1e-16, times their condition.
      let error = row.error(of: value, relative: 1e-11, absolute: 1e-11)
      #expect(error <= 1, "\(row): \(value), expected \(row.expected)")
      worst[row.name, default: WorstError()].note(error, row)
    }
    report("multivariate", worst)
  }

  private func report(_ table: String, _ worst: [String: WorstError]) {
    for (function, error) in worst.sorted(by: { $0.key < $1.key }) {
      print(
        "\(table) \(function): \(error.count) values, worst error"
          + " \((error.error * 1000).rounded() / 1000) of the allowed, \(error.row)")
    }
  }

  /// The value and the allowed errors, as stated in the documentation of each function.
  private func special(_ row: OracleRow) -> (Double, relative: Double, absolute: Double)? {
    let x = row.x
    let p = row.parameters
    switch row.name {
    case "logGamma": return (Special.logGamma(x), 1e-15, 2e-15)
    case "stirlingError": return (Special.stirlingError(x), 0, 1e-14)
    case "digamma": return (Special.digamma(x), 1e-14, 1e-14)
    case "trigamma": return (Special.trigamma(x), 1e-14, 0)
    case "logRising": return (Special.logRising(p[0], x), 1e-13, 0)
    case "logBeta": return (Special.logBeta(p[0], x), 1e-14, 1e-14)
    case "logBinomialCoefficient": return (Special.logBinomialCoefficient(p[0], x), 1e-14, 2e-14)
    case "multivariateLogGamma":
      return (Special.multivariateLogGamma(x, dimension: Int(p[0])), 1e-14, 1e-14)
    case "logOneMinusExp": return (Special.logOneMinusExp(x), 1e-15, 0)
    case "normalCDF": return (Special.normalCDF(x), 2e-13, 0)
    case "logNormalCDF": return (Special.logNormalCDF(x), 1e-14, 0)
    case "logNormalProbability":
      return (Special.logNormalProbability(from: p[0], to: x), 1e-13, 1e-14)
    case "normalQuantile": return (Special.normalQuantile(x), 1e-15, 0)
    case "normalQuantileLog": return (Special.normalQuantile(logP: x), 2e-15, 0)
    case "logGammaP": return (Special.logIncompleteGamma(p[0], x).lower, 1e-11, 1e-15)
    case "logGammaQ": return (Special.logIncompleteGamma(p[0], x).upper, 1e-11, 1e-15)
    case "logBetaI": return (Special.logIncompleteBeta(p[0], p[1], x).lower, 1e-11, 1e-15)
    case "logBetaIComplement": return (Special.logIncompleteBeta(p[0], p[1], x).upper, 1e-11, 1e-15)
    case "inverseGammaP": return (Special.inverseGammaP(p[0], x), 1e-11, 0)
    case "inverseBetaI": return (Special.inverseBetaI(p[0], p[1], x), 1e-11, 0)
    default: return nil
    }
  }
}

/// Numbers of a row, taken from the front.
private struct Numbers {
  private var rest: ArraySlice<Double>

  init(_ numbers: [Double]) { rest = numbers[...] }

  var isEmpty: Bool { rest.isEmpty }

  private mutating func number() -> Double { rest.removeFirst() }

  private mutating func integer() -> Int { Int(number()) }

  private mutating func vector(_ count: Int) -> Vector { (0..<count).map { _ in number() } }

  private mutating func integers(_ count: Int) -> [Int] { vector(count).map { Int($0) } }

  private mutating func matrix(_ rows: Int, _ columns: Int) -> DenseMatrix {
    DenseMatrix(rows: rows, columns: columns, elements: vector(rows * columns))
  }

  mutating func logDensity(_ name: String) -> Double? {
    switch name {
    case "MultivariateNormal":
      let n = integer()
      return MultivariateNormal(vector(n), covariance: matrix(n, n)).logDensity(vector(n))
    case "MultivariateStudentT":
      let n = integer()
      return MultivariateStudentT(
        degreesOfFreedom: number(), location: vector(n), scale: matrix(n, n)
      ).logDensity(vector(n))
    case "Wishart":
      let n = integer()
      return Wishart(degreesOfFreedom: number(), scale: matrix(n, n)).logDensity(matrix(n, n))
    case "InverseWishart":
      let n = integer()
      return InverseWishart(degreesOfFreedom: number(), scale: matrix(n, n))
        .logDensity(matrix(n, n))
    case "MatrixNormal":
      let (n, p) = (integer(), integer())
      return MatrixNormal(
        matrix(n, p), rowCovariance: matrix(n, n), columnCovariance: matrix(p, p)
      ).logDensity(matrix(n, p))
    case "MatrixNormalInverseWishart":
      let (n, p) = (integer(), integer())
      return MatrixNormalInverseWishart(
        mean: matrix(n, p), rowCovariance: matrix(n, n), degreesOfFreedom: number(),
        scale: matrix(p, p)
      ).logDensity(MatrixAndCovariance(matrix: matrix(n, p), covariance: matrix(p, p)))
    case "NormalInverseGamma":
      return NormalInverseGamma(
        mean: number(), precision: number(), shape: number(), scale: number()
      ).logDensity(MeanAndVariance(mean: number(), variance: number()))
    case "Dirichlet":
      let n = integer()
      return Dirichlet(vector(n)).logDensity(vector(n))
    case "Multinomial":
      let (n, count) = (integer(), integer())
      return Multinomial(count: count, probabilities: vector(n)).logDensity(integers(n))
    case "DirichletMultinomial":
      let (n, count) = (integer(), integer())
      return DirichletMultinomial(count: count, concentration: vector(n)).logDensity(integers(n))
    case "PitmanYorPartition":
      let (discount, concentration) = (number(), number())
      return PitmanYor(
        discount: discount, concentration: concentration, counts: integers(integer())
      ).logPartition
    default: return nil
    }
  }
}
