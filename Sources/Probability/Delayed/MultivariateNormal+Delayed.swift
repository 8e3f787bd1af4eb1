// Normal vectors: rows of the same blocks as normal numbers, so that components, sums and products
// with matrices of them are as exact as those.

extension MultivariateNormal: DelayedDistribution
where Mean: AffineVectorConvertible, Covariance: CovarianceConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> MultivariateNormal<Vector, DenseMatrix> {
    let mean = mean.affineVector.elements.map { graph.number($0, &work) }
    return MultivariateNormal<Vector, DenseMatrix>(
      mean, covariance: graph.number(covariance.scaledMatrix, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<[Double]>? {
    let mean = mean.affineVector
    var node = Node()
    node.kind = .known
    let handle = graph.allocate(node, size: mean.count)
    graph.assumeRow(handle.index, mean, covariance.scaledMatrix, 1, &work)
    return Random(handle)
  }

  public func observe(
    _ value: [Double], _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let (mean, covariance) = (mean.affineVector, covariance.scaledMatrix)
    if let place = graph.matrixPlace(mean, covariance, &work) { return graph.absorb(value, place) }
    if covariance.variable == nil {
      return graph.observeNormal(value, mean, covariance.scale, covariance.matrix, &work)
    }
    let matrix = graph.number(covariance, &work)
    return graph.observeNormal(value, mean, Proportional(coefficient: 1), matrix, &work)
  }
}

extension DelayedGraph {
  /// A new normal vector of covariance `scale` · `matrix`, in nodes that are there.
  mutating func assumeNormal(
    _ first: Int, _ mean: AffineVector, _ scale: Proportional, _ matrix: DenseMatrix,
    _ work: inout Workspace
  ) {
    let count = mean.count
    guard work.accepts(UnitFactor(matrix, dimension: count) != nil) else { return }
    gathering(mean, scale, &work) { graph, place, work in
      _ = work.accepts(place.isSound)
      for row in 0..<count {
        let index = first + row
        graph.nodes[index].kind = .gaussian
        graph.nodes[index].site = work.site
        graph.withTerms(of: mean.elements[row], place, &work) { graph, terms, place, _ in
          var place = place
          place.noise *= matrix[row, row]
          graph.appendRow(index, terms, place)
        }
        for column in 0..<row {
          let noise = place.noise * matrix[row, column]
          graph.addCovariance(index, first + column, noise)
        }
      }
    }
  }

  /// The log-density of `value`; conditions all that it depends on.
  ///
  /// The noise is made independent first, then number after number is observed.
  mutating func observeNormal(
    _ value: [Double], _ mean: AffineVector, _ scale: Proportional, _ matrix: DenseMatrix,
    _ work: inout Workspace
  ) -> Double {
    require(
      value.count == mean.count,
      "\(work.site): \(value.count) numbers for \(mean.count) dimensions")
    guard let factor = UnitFactor(matrix, dimension: mean.count) else { return .nan }
    if let result = value.logDensityUnlessFinite { return result }
    return gathering(mean, scale, &work) { graph, place, work in
      var means: [Affine] = []
      var values: [Double] = []
      var result = 0.0
      for row in 0..<value.count {
        var (expected, observed) = (mean.elements[row], value[row])
        for column in 0..<row where factor.lower[row, column] != 0 {
          expected.add(means[column], times: -factor.lower[row, column])
          observed -= factor.lower[row, column] * values[column]
        }
        means.append(expected)
        values.append(observed)
        graph.withTerms(of: expected, place, &work) { graph, terms, place, work in
          var place = place
          place.noise *= factor.diagonal[row]
          result += graph.absorb(observed, terms, place, &work)
        }
      }
      return result
    }
  }

  /// Calls `body` with the block that the variables of all means were brought into.
  private mutating func gathering<Result>(
    _ mean: AffineVector, _ scale: Proportional, _ work: inout Workspace,
    _ body: (inout DelayedGraph, GaussianPlace, inout Workspace) -> Result
  ) -> Result {
    var noise = self.scale(scale, &work)
    var indices: [Int] = []
    for element in mean.elements.map(\.affine) {
      for number in 0..<element.termCount {
        indices.append(index(Handle(bits: element.term(number).bits)!))
      }
    }
    let block = unify(indices, &noise, &work)
    let place = GaussianPlace(block: block, constant: 0, noise: noise.coefficient, count: 0)
    return body(&self, place, &work)
  }

  private mutating func withTerms(
    of mean: Affine, _ place: GaussianPlace, _ work: inout Workspace,
    _ body: (inout DelayedGraph, GaussianBlock.Terms, GaussianPlace, inout Workspace) -> Void
  ) {
    let mean = mean.normalized()
    withUnsafeTemporaryAllocation(
      of: GaussianBlock.Term.self, capacity: max(mean.termCount, 1)
    ) { buffer in
      var place = place
      collect(mean, into: buffer, &place, &work)
      body(&self, GaussianBlock.Terms(rebasing: buffer[..<place.count]), place, &work)
    }
  }

  /// Adds to the covariance of two Gaussian nodes of one block.
  private mutating func addCovariance(_ first: Int, _ second: Int, _ increment: Double) {
    let (one, two) = (Int(nodes[first].row), Int(nodes[second].row))
    let position = GaussianBlock.start(max(one, two)) + min(one, two)
    if nodes[first].block == 0 {
      for cell in cells.indices { cells[cell].covariance[position] += increment }
      gaussian.covariance[position] += increment
    } else {
      scaled[Int(nodes[first].block) - 1].rows.covariance[position] += increment
    }
  }
}

/// A symmetric matrix as L D Lᵀ, L lower triangular with ones on its diagonal and D diagonal.
///
/// Unlike Cholesky's it exists for what is only positive semidefinite too: noise that some
/// combination of the numbers does not have.
struct UnitFactor {
  var lower: DenseMatrix
  var diagonal: [Double]

  /// `nil` if `matrix` is not symmetric, of that dimension and positive semidefinite to rounding.
  init?(_ matrix: DenseMatrix, dimension: Int) {
    guard matrix.rows == dimension, matrix.isSymmetric() else { return nil }
    lower = .identity(dimension)
    diagonal = []
    for column in 0..<dimension {
      var pivot = matrix[column, column]
      for k in 0..<column { pivot -= lower[column, k] * lower[column, k] * diagonal[k] }
      // What is left of a variance after cancellation down to rounding errors is zero.
      let scale = matrix[column, column]
      let isZero = pivot <= 0x1p-40 * scale
      guard pivot.isFinite, pivot >= -0x1p-30 * scale else { return nil }
      diagonal.append(isZero ? 0 : pivot)
      for row in column + 1..<max(dimension, column + 1) {
        var entry = matrix[row, column]
        for k in 0..<column { entry -= lower[row, k] * lower[column, k] * diagonal[k] }
        if isZero {
          let size = (matrix[row, row] * matrix[column, column]).squareRoot()
          guard abs(entry) <= 0x1p-15 * size else { return nil }
        } else {
          lower[row, column] = entry / pivot
        }
      }
    }
  }
}
