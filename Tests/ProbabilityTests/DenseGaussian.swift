import Glibc

/// A joint Gaussian of everything in a test program, in the plainest way: the truth of the tests.
///
/// Every variable, and every observation, is a combination of independent standard normals.
struct DenseGaussian {
  var means: [Double] = []
  /// Coefficients of the standard normals; shorter rows end in zeros.
  var rows: [[Double]] = []
  var noises = 0

  /// Adds Σ coefficient·variable + shift + noise; its index.
  mutating func add(
    _ terms: [(index: Int, coefficient: Double)], shift: Double, variance: Double
  ) -> Int {
    var row = [Double](repeating: 0, count: noises + 1)
    var mean = shift
    for term in terms {
      mean += term.coefficient * means[term.index]
      for (column, entry) in rows[term.index].enumerated() {
        row[column] += term.coefficient * entry
      }
    }
    row[noises] = variance.squareRoot()
    noises += 1
    means.append(mean)
    rows.append(row)
    return rows.count - 1
  }

  func covariance(_ first: Int, _ second: Int) -> Double {
    zip(rows[first], rows[second]).reduce(0) { $0 + $1.0 * $1.1 }
  }

  /// The log-density of `values` of the variables `given`, and the mean and covariance of the
  /// variables `wanted` given them.
  func condition(
    _ given: [Int], _ values: [Double], wanted: [Int]
  ) -> (logDensity: Double, means: [Double], covariances: [[Double]]) {
    let count = given.count
    // Gaussian elimination of [S | r | C] with partial pivoting.
    var system = given.indices.map { row -> [Double] in
      given.map { covariance(given[row], $0) } + [values[row] - means[given[row]]]
        + wanted.map { covariance(given[row], $0) }
    }
    let original = system
    var logDeterminant = 0.0
    for column in 0..<count {
      let pivot = (column..<count).max { abs(system[$0][column]) < abs(system[$1][column]) }!
      system.swapAt(column, pivot)
      logDeterminant += log(abs(system[column][column]))
      for row in 0..<count where row != column {
        let factor = system[row][column] / system[column][column]
        if factor == 0 { continue }
        for position in column..<system[row].count {
          system[row][position] -= factor * system[column][position]
        }
      }
    }
    for row in 0..<count {
      let pivot = system[row][row]
      for position in system[row].indices { system[row][position] /= pivot }
    }
    var quadratic = 0.0
    for row in 0..<count { quadratic += original[row][count] * system[row][count] }
    let logDensity = -0.5 * (logDeterminant + quadratic + Double(count) * log(2 * Double.pi))
    let posteriorMeans = wanted.indices.map { position in
      means[wanted[position]]
        + (0..<count).reduce(0.0) {
          $0 + original[$1][count + 1 + position] * system[$1][count]
        }
    }
    let covariances = wanted.indices.map { first in
      wanted.indices.map { second in
        covariance(wanted[first], wanted[second])
          - (0..<count).reduce(0.0) {
            $0 + original[$1][count + 1 + first] * system[$1][count + 1 + second]
          }
      }
    }
    return (logDensity, posteriorMeans, covariances)
  }
}

func isClose(_ first: Double, _ second: Double, _ tolerance: Double = 1e-9) -> Bool {
  // Without the bound, anything would be close to an infinity.
  let bound = min(tolerance * (1 + max(abs(first), abs(second))), .greatestFiniteMagnitude)
  return first == second || abs(first - second) <= bound
}
