import Glibc

/// Vectors that are jointly normal given a random covariance of their components, which is inverse
/// Wishart: given it, vector r and vector s have the covariance `covariance[r, s]` times it.
///
/// Source: Dawid, "Some matrix-variate distribution theory" (Biometrika 1981); Gelman and others,
/// "Bayesian Data Analysis" (3rd edition, 2013), section 3.6, for the update with one vector.
@usableFromInline
struct MatrixBlock: Sendable {
  /// The first node of the covariance; -1 if not in use.
  var wishart = -1
  /// One row for each vector.
  var means: [[Double]] = []
  var covariance = DenseMatrix(rows: 0, columns: 0)
  /// The first node of each vector.
  var owners: [Int] = []

  /// A multiple of a vector.
  typealias Term = (row: Int, coefficient: Double)

  /// The mean and the variance factor of Σ coefficient·vector.
  func predict(_ terms: [Term], _ dimension: Int) -> (mean: [Double], cross: [Double], Double) {
    var mean = [Double](repeating: 0, count: dimension)
    var cross = [Double](repeating: 0, count: owners.count)
    for term in terms {
      for component in mean.indices {
        mean[component] += term.coefficient * means[term.row][component]
      }
      for row in cross.indices { cross[row] += term.coefficient * covariance[term.row, row] }
    }
    return (mean, cross, terms.reduce(0) { $0 + $1.coefficient * cross[$1.row] })
  }

  /// A further vector, Σ coefficient·vector + `shift` + noise; its row.
  mutating func append(_ terms: [Term], shift: [Double], noise: Double, owner: Int) -> Int {
    let (mean, cross, variance) = predict(terms, shift.count)
    let count = owners.count
    var grown = DenseMatrix(rows: count + 1, columns: count + 1)
    for row in 0..<count {
      for column in 0..<count { grown[row, column] = covariance[row, column] }
      grown[row, count] = cross[row]
      grown[count, row] = cross[row]
    }
    grown[count, count] = variance + noise
    covariance = grown
    means.append(zip(mean, shift).map { $0 + $1 })
    owners.append(owner)
    return count
  }

  /// Conditions on Σ coefficient·vector + noise = its mean + `residual`.
  mutating func condition(_ cross: [Double], residual: [Double], spread: Double) {
    for row in owners.indices {
      let gain = cross[row] / spread
      for component in residual.indices { means[row][component] += gain * residual[component] }
    }
    covariance.addOuterProduct(cross, scale: -1 / spread)
    for row in owners.indices where covariance[row, row] < 0 { covariance[row, row] = 0 }
  }

  /// Deletes a row; the last one takes its place. Returns the owner of the row moved, if any.
  mutating func remove(_ row: Int) -> Int? {
    let last = owners.count - 1
    let kept = (0..<last).map { $0 == row ? last : $0 }
    covariance = DenseMatrix(rows: kept.map { one in kept.map { covariance[one, $0] } })
    means = kept.map { means[$0] }
    owners = kept.map { owners[$0] }
    return row < last ? owners[row] : nil
  }
}

/// What a vector of a matrix block depends on.
struct MatrixPlace {
  var block: Int
  var terms: [MatrixBlock.Term]
  var constant: [Double]
  var noise: Double
}

extension DelayedGraph {
  /// The vectors of a mean, and the noise, in units of an inverse-Wishart covariance that can stay
  /// random; nil if it cannot.
  mutating func matrixPlace(
    _ mean: AffineVector, _ covariance: ScaledMatrix, _ work: inout Workspace
  ) -> MatrixPlace? {
    guard let bits = covariance.variable, let handle = Handle(bits: bits) else { return nil }
    let first = index(handle.component(2))
    let isFitting = nodes[first].isInverted == covariance.isInverted
    guard nodes[first].kind == .inverseWishart, isFitting else {
      if nodes[first].origin == .inverseWishart && isFitting { work.noteMissed(nodes[first]) }
      return nil
    }
    let dimension = Int(nodes[index(handle)].a)
    require(
      dimension == mean.count,
      "\(work.site): a covariance of \(dimension) dimensions for a mean of \(mean.count)")
    var place = MatrixPlace(
      block: 0, terms: [], constant: [], noise: number(covariance.scale, &work))
    guard place.noise >= 0 && place.noise < .infinity else { return nil }
    for (component, element) in mean.elements.enumerated() {
      guard let (terms, constant) = matrixTerms(element, component, of: first) else { return nil }
      if component == 0 {
        place.terms = terms
      } else {
        let isEqual =
          terms.count == place.terms.count
          && zip(terms, place.terms).allSatisfy {
            $0.row == $1.row && abs($0.coefficient - $1.coefficient) <= 1e-14 * abs($1.coefficient)
          }
        guard isEqual else { return nil }
      }
      place.constant.append(constant)
    }
    if nodes[first].block == 0 {
      var block = matrices.firstIndex { $0.wishart < 0 } ?? matrices.count
      if block == matrices.count { matrices.append(MatrixBlock()) }
      matrices[block].wishart = first
      block += 1
      nodes[first].block = Int32(truncatingIfNeeded: block)
    }
    place.block = Int(nodes[first].block) - 1
    return place
  }

  /// The terms of one component of a mean, if they are that component of vectors of the covariance.
  private func matrixTerms(
    _ element: Affine, _ component: Int, of wishart: Int
  ) -> (terms: [MatrixBlock.Term], constant: Double)? {
    var terms: [MatrixBlock.Term] = []
    let element = element.normalized()
    var constant = element.constant
    for position in 0..<element.termCount {
      let term = element.term(position)
      let node = nodes[index(Handle(bits: term.bits)!)]
      if node.kind == .known {
        constant += term.coefficient * node.a
      } else if term.coefficient != 0 {
        guard node.kind == .matrixRow, node.block == nodes[wishart].block,
          Int(node.link) == component
        else { return nil }
        terms.append((Int(node.row), term.coefficient))
      }
    }
    return (terms, constant)
  }

  /// The scale matrix of an inverse-Wishart variable.
  func scaleMatrix(_ first: Int) -> DenseMatrix {
    let count = Int(nodes[first].size)
    let dimension = Int(Double(count).squareRoot())
    return DenseMatrix(
      rows: dimension, columns: dimension, elements: (0..<count).map { nodes[first + $0].a })
  }

  /// A new vector of a matrix block, in nodes that are there.
  mutating func appendMatrixRow(_ first: Int, _ place: MatrixPlace, site: Site) {
    let row = matrices[place.block].append(
      place.terms, shift: place.constant, noise: place.noise, owner: first)
    for component in place.constant.indices {
      let index = first + component
      nodes[index].kind = .matrixRow
      nodes[index].block = Int32(truncatingIfNeeded: place.block + 1)
      nodes[index].row = Int32(truncatingIfNeeded: row)
      nodes[index].link = Double(component)
      nodes[index].size = Int32(truncatingIfNeeded: place.constant.count)
      nodes[index].site = component == 0 ? site : .unknown
    }
  }

  /// The log-density of a vector, Student's t; conditions the vectors and their covariance.
  mutating func absorb(_ value: [Double], _ place: MatrixPlace) -> Double {
    if let result = value.logDensityUnlessFinite { return result }
    let dimension = value.count
    let (mean, cross, variance) = matrices[place.block].predict(place.terms, dimension)
    let spread = variance + place.noise
    let residual = (0..<dimension).map { value[$0] - place.constant[$0] - mean[$0] }
    if spread == 0 { return residual.allSatisfy { $0 == 0 } ? .infinity : -.infinity }
    let first = matrices[place.block].wishart
    let degrees = nodes[first].b
    guard let factor = Cholesky(scaleMatrix(first)) else { return .nan }
    let square = factor.squaredLength(residual) / spread
    matrices[place.block].condition(cross, residual: residual, spread: spread)
    learnCovariance(first, residual, spread: spread)
    let half = (degrees + 1 - Double(dimension)) / 2
    return Special.logRising(half, Double(dimension) / 2)
      - 0.5 * (Double(dimension) * log(Double.pi * spread) + factor.logDeterminant)
      - (degrees + 1) / 2 * log1p(square)
  }

  private mutating func learnCovariance(_ first: Int, _ residual: [Double], spread: Double) {
    let dimension = residual.count
    for i in 0..<dimension {
      for j in 0..<dimension {
        nodes[first + i * dimension + j].a += residual[i] * residual[j] / spread
      }
    }
    nodes[first].b += 1
  }

  /// Draws a vector of a matrix block; its covariance is drawn for this draw alone.
  mutating func realizeMatrixRow(_ first: Int, _ work: inout Workspace) {
    let node = nodes[first]
    let (block, row, dimension) = (Int(node.block) - 1, Int(node.row), Int(node.size))
    let (mean, cross, spread) = matrices[block].predict([(row, 1)], dimension)
    var value = mean
    if spread > 0 {
      let wishart = matrices[block].wishart
      let law = InverseWishart(degreesOfFreedom: nodes[wishart].b, scale: scaleMatrix(wishart))
      let zero = [Double](repeating: 0, count: dimension)
      let residual = MultivariateNormal(zero, covariance: spread * law.sample(&work.stream))
        .sample(&work.stream)
      value = zip(mean, residual).map { $0 + $1 }
      matrices[block].condition(cross, residual: residual, spread: spread)
      learnCovariance(wishart, residual, spread: spread)
    }
    removeMatrixRow(first)
    for (component, number) in value.enumerated() { setKnown(first + component, number) }
  }

  mutating func removeMatrixRow(_ first: Int) {
    let node = nodes[first]
    guard let moved = matrices[Int(node.block) - 1].remove(Int(node.row)) else { return }
    for component in 0..<Int(nodes[moved].size) { nodes[moved + component].row = node.row }
  }

  /// Draws an inverse-Wishart covariance; its vectors become Gaussian.
  mutating func realizeWishart(_ first: Int, _ work: inout Workspace) {
    let law = InverseWishart(degreesOfFreedom: nodes[first].b, scale: scaleMatrix(first))
    let value = law.sample(&work.stream)
    let own = nodes[first].isInverted ? value.inverse : value
    for (position, number) in own.elements.enumerated() { setKnown(first + position, number) }
    guard nodes[first].block > 0 else { return }
    let block = Int(nodes[first].block) - 1
    nodes[first].block = 0
    let rows = matrices[block]
    matrices[block] = MatrixBlock()
    stopSwitching(&work)
    let start = gaussian.count
    for (row, owner) in rows.owners.enumerated() {
      for component in 0..<value.rows {
        let index = owner + component
        nodes[index].kind = .gaussian
        nodes[index].block = 0
        nodes[index].row = Int32(truncatingIfNeeded: gaussian.count)
        gaussian.means.append(rows.means[row][component])
        gaussian.owners.append(Int32(truncatingIfNeeded: index))
        for _ in 0..<start { gaussian.covariance.append(0) }
        for other in 0...row {
          for column in 0...(other == row ? component : value.rows - 1) {
            gaussian.covariance.append(
              rows.covariance[row, other] * value[component, column])
          }
        }
      }
    }
  }

  /// The mean and variance of an element of the covariance, or of a component of a vector.
  func matrixMoments(_ index: Int) -> (mean: Double, variance: Double) {
    let node = nodes[index]
    let first = node.kind == .inverseWishart ? head(index) : matrices[Int(node.block) - 1].wishart
    let scale = scaleMatrix(first)
    let excess = nodes[first].b - Double(scale.rows)
    let unit = excess > 1 ? 1 / (excess - 1) : .nan
    if node.kind == .matrixRow {
      let (block, row, component) = (Int(node.block) - 1, Int(node.row), Int(node.link))
      return (
        matrices[block].means[row][component],
        matrices[block].covariance[row, row] * scale[component, component] * unit
      )
    }
    let (i, j) = (Int(node.row) / scale.rows, Int(node.row) % scale.rows)
    if nodes[first].isInverted {
      let (degrees, precision) = (nodes[first].b, scale.inverse)
      let (entry, product) = (precision[i, j], precision[i, i] * precision[j, j])
      return (degrees * entry, degrees * (entry * entry + product))
    }
    let (entry, product) = (scale[i, j], scale[i, i] * scale[j, j])
    let variance =
      ((excess + 1) * entry * entry + (excess - 1) * product) * unit * unit
      / (excess * (excess - 3))
    return (entry * unit, excess > 3 ? variance : .nan)
  }

  /// The covariance of components of vectors of one matrix block; NaN where it does not exist.
  func matrixCovariance(_ first: Node, _ second: Node) -> Double {
    if first.block != second.block { return 0 }
    let block = matrices[Int(first.block) - 1]
    let scale = scaleMatrix(block.wishart)
    let excess = nodes[block.wishart].b - Double(scale.rows)
    return block.covariance[Int(first.row), Int(second.row)]
      * scale[Int(first.link), Int(second.link)] * (excess > 1 ? 1 / (excess - 1) : .nan)
  }
}

extension DenseMatrix {
  /// The inverse of a positive definite matrix; NaN for any other.
  var inverse: DenseMatrix {
    Cholesky(self)?.inverse() ?? DenseMatrix(rows: rows, columns: columns, repeating: .nan)
  }
}
