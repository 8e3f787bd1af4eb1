import Glibc
import Randomness

// Variables that are jointly Gaussian, given at most one random scale of their covariance.
//
// Source for the scaled ones: Gelman and others, "Bayesian Data Analysis" (3rd edition, 2013),
// section 14.2: with covariance σ²·P and σ² inverse-gamma(α, β), an observation with residual r and
// predictive variance σ²·S makes it inverse-gamma(α + 1/2, β + r²/2S).

/// Where a new Gaussian belongs, and its noise: in units of the block's scale.
struct GaussianPlace {
  var block: Int
  var constant: Double
  var noise: Double
  var count: Int
}

extension DelayedGraph {
  @usableFromInline
  mutating func assumeNormal(
    _ mean: Affine, _ variance: Proportional, _ work: inout Workspace
  ) -> Handle {
    gathering(mean, variance, &work) { graph, terms, place, work in
      var node = Node()
      node.kind = .gaussian
      node.site = work.site
      let handle = graph.allocate(node)
      _ = work.accepts(place.isSound)
      graph.appendRow(handle.index, terms, place)
      return handle
    }
  }

  /// The log-density of `value`; conditions all that it depends on.
  @usableFromInline
  mutating func observeNormal(
    _ value: Double, _ mean: Affine, _ variance: Proportional, _ work: inout Workspace
  ) -> Double {
    gathering(mean, variance, &work) { graph, terms, place, work in
      graph.absorb(value, terms, place, &work)
    }
  }

  /// A value from the marginal distribution; conditions all that it depends on.
  @usableFromInline
  mutating func drawNormal(
    _ mean: Affine, _ variance: Proportional, _ work: inout Workspace
  ) -> Double {
    gathering(mean, variance, &work) { graph, terms, place, work in
      graph.draw(terms, place, &work)
    }
  }

  /// Calls `body` with the rows of an affine mean and its noise, all in one block.
  @inline(__always)
  mutating func gathering<Result>(
    _ mean: Affine, _ variance: Proportional, _ work: inout Workspace,
    _ body: (inout DelayedGraph, GaussianBlock.Terms, GaussianPlace, inout Workspace) -> Result
  ) -> Result {
    let (mean, noise) = (mean.normalized(), scale(variance, &work))
    return withUnsafeTemporaryAllocation(
      of: GaussianBlock.Term.self, capacity: max(mean.termCount, 1)
    ) { buffer in
      let place = gather(mean, noise, into: buffer, &work)
      return body(&self, GaussianBlock.Terms(rebasing: buffer[..<place.count]), place, &work)
    }
  }

  /// Gives a new Gaussian node its row.
  mutating func appendRow(_ index: Int, _ terms: GaussianBlock.Terms, _ place: GaussianPlace) {
    nodes[index].block = Int32(truncatingIfNeeded: place.block)
    nodes[index].row = Int32(truncatingIfNeeded: rowCount(place.block))
    if place.block == 0 {
      for cell in 0..<(switching < 0 ? 0 : cells.count) {
        cells[cell].append(terms, shift: place.constant, noise: place.noise, owner: index)
      }
      gaussian.append(terms, shift: place.constant, noise: place.noise, owner: index)
    } else {
      scaled[place.block - 1].rows.append(
        terms, shift: place.constant, noise: place.noise, owner: index)
    }
  }

  private func rowCount(_ block: Int) -> Int {
    block == 0 ? gaussian.count : scaled[block - 1].rows.count
  }

  /// Absorbs an observation; its log-density.
  mutating func absorb(
    _ value: Double, _ terms: GaussianBlock.Terms, _ place: GaussianPlace,
    _ work: inout Workspace
  ) -> Double {
    guard place.isSound else { return .nan }
    if let result = value.logDensityUnlessFinite { return result }
    if place.block == 0 && switching >= 0 { return absorbInCells(value, terms, place) }
    let shifted = value - place.constant
    var (residual, spread) = (0.0, 0.0)
    if place.block == 0 {
      gaussian.condition(terms, noise: place.noise) { mean, variance in
        (residual, spread) = (shifted - mean, variance)
        return shifted
      }
    } else {
      scaled[place.block - 1].rows.condition(terms, noise: place.noise) { mean, variance in
        (residual, spread) = (shifted - mean, variance)
        return shifted
      }
    }
    if spread == 0 { return residual == 0 ? .infinity : -.infinity }
    if place.block == 0 { return work.logNormal(residual, variance: spread) }
    let scale = scaled[place.block - 1].scale
    let (shape, rate) = (nodes[scale].a, nodes[scale].b)
    nodes[scale].a = shape + 0.5
    nodes[scale].b = rate + residual * residual / (2 * spread)
    return logStudent(residual, shape: shape, rate: rate, spread: spread)
  }

  private mutating func draw(
    _ terms: GaussianBlock.Terms, _ place: GaussianPlace, _ work: inout Workspace
  ) -> Double {
    guard work.accepts(place.isSound) else { return .nan }
    if place.block == 0 && switching >= 0 { return drawInCells(terms, place, &work) }
    if place.block == 0 {
      var value = 0.0
      gaussian.condition(terms, noise: place.noise) { mean, variance in
        value = mean
        if variance > 0 { value += variance.squareRoot() * work.normal() }
        return value
      }
      return value + place.constant
    }
    let block = place.block - 1
    let scale = scaled[block].scale
    let (shape, rate) = (nodes[scale].a, nodes[scale].b)
    var (value, residual, spread) = (0.0, 0.0, 0.0)
    scaled[block].rows.condition(terms, noise: place.noise) { mean, variance in
      spread = variance
      if variance > 0 {
        // Drawing the scale for this draw alone gives Student's t.
        let precision = Gamma(shape: shape, rate: rate).sample(&work.stream)
        residual = (variance / precision).squareRoot() * work.normal()
      }
      value = mean + residual
      return value
    }
    if spread > 0 {
      nodes[scale].a = shape + 0.5
      nodes[scale].b = rate + residual * residual / (2 * spread)
    }
    return value + place.constant
  }

  /// Draws a Gaussian variable and makes it known.
  mutating func realizeGaussian(_ index: Int, _ work: inout Workspace) {
    let node = nodes[index]
    let value = withUnsafeTemporaryAllocation(of: GaussianBlock.Term.self, capacity: 1) { terms in
      terms[0] = GaussianBlock.Term(row: Int(node.row), coefficient: 1)
      let place = GaussianPlace(block: Int(node.block), constant: 0, noise: 0, count: 1)
      return draw(terms, place, &work)
    }
    removeRow(index)
    setKnown(index, value)
  }

  /// Deletes a Gaussian variable's row; what depends on it stays as it is.
  mutating func removeRow(_ index: Int) {
    let node = nodes[index]
    let row = Int(node.row)
    let moved =
      node.block == 0
      ? gaussian.remove(row) : scaled[Int(node.block) - 1].rows.remove(row)
    if let moved { nodes[moved].row = node.row }
    if node.block == 0 && switching >= 0 {
      for cell in cells.indices { _ = cells[cell].remove(row) }
      endSwitchingIfPossible()
    }
  }

  /// Gives the variables of a scale a covariance that is known, now that the scale is.
  mutating func dissolve(_ block: Int, scale: Double) {
    let rows = scaled[block].rows
    for row in 0..<rows.count {
      let owner = Int(rows.owners[row])
      let start = gaussian.count
      nodes[owner].block = 0
      nodes[owner].row = Int32(truncatingIfNeeded: start)
      gaussian.means.append(rows.means[row])
      gaussian.owners.append(rows.owners[row])
      // What came from other blocks is independent; rows of this one were appended in order.
      for _ in 0..<start - row { gaussian.covariance.append(0) }
      for column in 0...row { gaussian.covariance.append(rows.covariance(row, column) * scale) }
    }
    scaled[block] = ScaledBlock()
  }

  /// The block of a scale, made if there is none.
  private mutating func block(ofScale index: Int) -> Int {
    if nodes[index].block > 0 { return Int(nodes[index].block) }
    var block = scaled.firstIndex { $0.scale < 0 } ?? scaled.count
    if block == scaled.count { scaled.append(ScaledBlock()) }
    scaled[block].scale = index
    block += 1
    nodes[index].block = Int32(truncatingIfNeeded: block)
    return block
  }

  /// The rows of an affine mean, in one block; realizes what is in the way.
  private mutating func gather(
    _ mean: Affine, _ noise: RandomScale, into terms: GaussianBlock.Terms, _ work: inout Workspace
  ) -> GaussianPlace {
    var noise = noise
    var isPlain = noise.node < 0
    for number in 0..<mean.termCount {
      let index = index(Handle(bits: mean.term(number).bits)!)
      let kind = nodes[index].kind
      if kind != .known && (kind != .gaussian || nodes[index].block != 0) { isPlain = false }
    }
    var place = GaussianPlace(block: 0, constant: 0, noise: 0, count: 0)
    if !isPlain {
      let indices = (0..<mean.termCount).map { Handle(bits: mean.term($0).bits)!.index }
      place.block = unify(indices, &noise, &work)
    }
    place.noise = noise.coefficient
    collect(mean, into: terms, &place, &work)
    return place
  }

  /// Writes the rows of an affine mean, all in one block, to `terms`.
  @inline(__always)
  func collect(
    _ mean: Affine, into terms: GaussianBlock.Terms, _ place: inout GaussianPlace,
    _ work: inout Workspace
  ) {
    place.constant = mean.constant
    place.count = 0
    for number in 0..<mean.termCount {
      let term = mean.term(number)
      let node = nodes[Handle(bits: term.bits)!.index]
      if node.kind == .known {
        place.constant += term.coefficient * node.a
        if node.origin == .gaussian { work.noteMissed(node) }
      } else if term.coefficient != 0 {
        terms[place.count] = GaussianBlock.Term(row: Int(node.row), coefficient: term.coefficient)
        place.count += 1
      }
    }
  }

  /// Brings the variables of means into one block, and the noise with them.
  mutating func unify(
    _ indices: [Int], _ noise: inout RandomScale, _ work: inout Workspace
  ) -> Int {
    for index in indices where nodes[index].kind != .gaussian { realize(index, &work) }
    let target = noise.node < 0 ? 0 : Int(nodes[noise.node].block)
    let isShared = indices.allSatisfy {
      nodes[$0].kind == .known || (target > 0 && Int(nodes[$0].block) == target)
    }
    if noise.node >= 0 && isShared && nodes[noise.node].kind != .known {
      return block(ofScale: noise.node)
    }
    if noise.node >= 0 {
      // The scale belongs to other variables, or to none: it is what must be known.
      realize(noise.node, &work)
      noise = noise.evaluated(nodes[noise.node].a)
    }
    for index in indices where nodes[index].kind == .gaussian && nodes[index].block > 0 {
      realize(scaled[Int(nodes[index].block) - 1].scale, &work)
    }
    return 0
  }
}

/// The log-density of Student's t with 2·`shape` degrees of freedom and squared scale
/// `spread`·`rate`/`shape`.
func logStudent(_ residual: Double, shape: Double, rate: Double, spread: Double) -> Double {
  let doubled = 2 * rate * spread
  return Special.logRising(shape, 0.5) - 0.5 * log(Double.pi * doubled)
    - (shape + 0.5) * log1p(residual * residual / doubled)
}
