import Glibc
import Probability
import Randomness
import TestSupport
import Testing

@Suite struct DistributionsLinearTests {
  private func randomMatrix(
    _ rows: Int, _ columns: Int, _ stream: inout RandomStream
  ) -> DenseMatrix {
    DenseMatrix(
      rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in stream.normal() })
  }

  private func randomPositiveDefinite(_ n: Int, _ stream: inout RandomStream) -> DenseMatrix {
    let root = randomMatrix(n, n, &stream)
    return root * root.transposed + 0.5 * DenseMatrix.identity(n)
  }

  private func distance(_ a: DenseMatrix, _ b: DenseMatrix) -> Double {
    zip(a.elements, b.elements).map { abs($0 - $1) }.max() ?? 0
  }

  private func distance(_ a: Vector, _ b: Vector) -> Double {
    zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }

  /// `numpy.linalg.cholesky([[4, 2, -2], [2, 10, 5], [-2, 5, 9.25]])`
  @Test func factorOfAKnownMatrix() throws {
    let matrix = DenseMatrix(rows: [[4, 2, -2], [2, 10, 5], [-2, 5, 9.25]])
    let factor = try #require(Cholesky(matrix))
    #expect(factor.lower == DenseMatrix(rows: [[2, 0, 0], [1, 3, 0], [-1, 2, factor.lower[2, 2]]]))
    #expect(abs(factor.lower[2, 2] - 2.0615528128088303) < 1e-15)
    // numpy.linalg.slogdet(...)[1]
    #expect(abs(factor.logDeterminant - log(4 * 9 * 4.25)) < 1e-14)
    let x = factor.solve([1, 2, 3])
    #expect(distance(matrix * x, [1, 2, 3]) < 1e-14)
  }

  @Test func onlyPositiveDefiniteMatricesHaveFactors() {
    #expect(Cholesky(DenseMatrix(rows: [[1, 2], [2, 1]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: [[0]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: [[-1]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: [[1, 1], [1, 1]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: [[.nan]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: [[.infinity]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: [[1, 0], [.nan, 1]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: [[1, 2]])) == nil)
    #expect(Cholesky(DenseMatrix(rows: 0, columns: 0))?.logDeterminant == 0)
  }

  @Test func factorsSolveAndInvert() throws {
    try forAll(200) { stream in
      let n = 1 + stream.uniform(below: 7)
      let matrix = randomPositiveDefinite(n, &stream)
      let factor = try #require(Cholesky(matrix))
      #expect(distance(factor.matrix, matrix) < 1e-13)
      let v = (0..<n).map { _ in stream.normal() }
      #expect(distance(matrix * factor.solve(v), v) < 1e-11)
      #expect(distance(factor.lower * factor.solveLower(v), v) < 1e-12)
      #expect(distance(factor.lower.transposed * factor.solveUpper(v), v) < 1e-12)
      #expect(abs(factor.squaredLength(v) - dot(v, factor.solve(v))) < 1e-10)
      let b = randomMatrix(n, 3, &stream)
      #expect(distance(matrix * factor.solve(b), b) < 1e-11)
      #expect(distance(factor.lower * factor.solveLower(b), b) < 1e-12)
      let inverse = factor.inverse()
      #expect(distance(matrix * inverse, .identity(n)) < 1e-11)
      #expect(inverse == inverse.transposed)
      // The determinant is the product of the pivots of elimination.
      #expect(abs(factor.logDeterminant - logDeterminant(matrix)) < 1e-11)
    }
  }

  /// By Gaussian elimination with row exchanges.
  private func logDeterminant(_ matrix: DenseMatrix) -> Double {
    var rows = (0..<matrix.rows).map { matrix.row($0) }
    var logarithm = 0.0
    for k in rows.indices {
      let pivot = rows[k...].indices.max { abs(rows[$0][k]) < abs(rows[$1][k]) }!
      rows.swapAt(k, pivot)
      logarithm += log(abs(rows[k][k]))
      for i in (k + 1)..<max(rows.count, k + 1) {
        let factor = rows[i][k] / rows[k][k]
        for j in k..<rows.count { rows[i][j] -= factor * rows[k][j] }
      }
    }
    return logarithm
  }

  @Test func updatesAreFactorsOfTheSum() throws {
    try forAll(200, seed: 1) { stream in
      let n = 1 + stream.uniform(below: 6)
      var matrix = randomPositiveDefinite(n, &stream)
      let v = (0..<n).map { _ in stream.normal() }
      let before = try #require(Cholesky(matrix))
      var factor = before
      factor.update(v)
      matrix.addOuterProduct(v)
      #expect(distance(factor.matrix, matrix) < 1e-12)
      #expect(factor.lower.diagonal.allSatisfy { $0 > 0 })
      #expect(factor.downdate(v))
      #expect(distance(factor.lower, before.lower) < 1e-9)
      // Taking away more than there is must fail and change nothing.
      let unit = before.lower.column(0).map { 1.001 * $0 }
      var untouched = before
      #expect(!untouched.downdate(unit))
      #expect(untouched == before)
    }
  }

  /// Small cases by hand.
  @Test func arithmetic() {
    let a = DenseMatrix(rows: [[1, 2, 3], [4, 5, 6]])
    let b = DenseMatrix(rows: [[1, 0], [-1, 2], [0, 3]])
    #expect(a * b == DenseMatrix(rows: [[-1, 13], [-1, 28]]))
    #expect(a * [1, 0, -1] == [-2, -2])
    #expect(a.transposedTimes([1, -1]) == [-3, -3, -3])
    #expect(a.transposed == DenseMatrix(rows: [[1, 4], [2, 5], [3, 6]]))
    #expect(a + a == 2 * a)
    #expect((a - a).elements.allSatisfy { $0 == 0 })
    #expect(a.row(1) == [4, 5, 6])
    #expect(a.column(1) == [2, 5])
    #expect(a.diagonal == [1, 5])
    #expect(a.trace == 6)
    #expect(a.form([1, 1], [1, 0, 0]) == 5)
    #expect(DenseMatrix(column: [1, 2]).transposed == DenseMatrix(rows: [[1, 2]]))
    #expect(DenseMatrix(diagonal: [2, 3]) == DenseMatrix(rows: [[2, 0], [0, 3]]))
    #expect(!a.isSymmetric())
    #expect(!DenseMatrix(rows: [[1, .nan], [.nan, 1]]).isSymmetric())
    #expect(DenseMatrix(rows: [[1, 0.5], [0.5 + 1e-12, 1]]).isSymmetric())
    #expect(!DenseMatrix(rows: [[1, 0.5], [0.5 + 1e-6, 1]]).isSymmetric())
    var c = DenseMatrix(rows: [[1, 4], [2, 1]])
    c.symmetrize()
    #expect(c == DenseMatrix(rows: [[1, 3], [3, 1]]))
    c.addOuterProduct([1, 2], scale: -1)
    #expect(c == DenseMatrix(rows: [[0, 1], [1, -3]]))
  }
}
