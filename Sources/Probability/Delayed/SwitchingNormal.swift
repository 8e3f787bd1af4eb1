import Glibc
import Randomness

/// A normal distribution whose mean and variance are chosen by a random index.
///
///     p.observe(y, SwitchingNormal(isOutlier, mean: { _ in x + 0 }, variance: { [1, 25][$0] }))
///
/// Means are affine in random variables. Neither the index nor these need a value: what is known of
/// them is a mixture of Gaussians, exact up to 64 components. Beyond that the oldest index gets a
/// value, which the report says (`cap`).
public struct SwitchingNormal: Sendable {
  let index: UInt64
  let mean: @Sendable (Int) -> Affine
  let variance: @Sendable (Int) -> Double

  public init(
    _ index: Random<Int>, mean: @escaping @Sendable (Int) -> Affine,
    variance: @escaping @Sendable (Int) -> Double
  ) {
    (self.index, self.mean, self.variance) = (index.bits, mean, variance)
  }

  /// The cases of false, 0, and true, 1.
  public init(
    _ index: Random<Bool>, mean: @escaping @Sendable (Int) -> Affine,
    variance: @escaping @Sendable (Int) -> Double
  ) {
    (self.index, self.mean, self.variance) = (index.bits, mean, variance)
  }
}

extension SwitchingNormal: DelayedDistribution {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Normal<Double, Double> {
    let choice = graph.chosen(index, &work)
    return Normal<Double, Double>(graph.number(mean(choice), &work), variance: variance(choice))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    guard let (state, cases) = cases(&graph, &work) else {
      let choice = graph.chosen(index, &work)
      let variance = Proportional(coefficient: variance(choice))
      return Random(graph.assumeNormal(mean(choice), variance, &work))
    }
    var node = Node()
    node.kind = .gaussian
    node.site = work.site
    let handle = graph.allocate(node)
    graph.appendSwitchingRow(handle.index, cases, of: state)
    return Random(handle)
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if let (state, cases) = cases(&graph, &work) {
      return graph.absorb(value, cases, of: state)
    }
    return graph.observeChosen(index, &work) { choice, graph, work in
      graph.observeNormal(
        value, mean(choice), Proportional(coefficient: variance(choice)), &work)
    }
  }

  /// The node of the index and a case for each of its values; nil if it must have one.
  private func cases(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> (state: Int, cases: [GaussianCase])? {
    guard let node = graph.finite(index) else { return nil }
    let laws = graph.cases(of: node) { (mean: mean($0), variance: variance($0)) }
    // First, since a random scale in a mean, when it gets a value, gives the index one too.
    graph.unify(laws.compactMap { $0?.mean }, &work)
    guard let state = graph.switchingState(index, &work) else { return nil }
    return (state, graph.gaussianCases(laws, &work))
  }
}

/// The rows of a mean, and the noise, for one value of an index.
struct GaussianCase {
  var terms: [GaussianBlock.Term]
  var place: GaussianPlace
}

// The Gaussian variables given each entry of one table of finite variables: `cells`, one block for
// each entry, all with the rows of `gaussian`, whose own numbers mean nothing then.
//
// Source: Lauritzen, "Propagation of probabilities, means and variances in mixed graphical
// association models" (JASA 1992), section 4.
extension DelayedGraph {
  /// More components than these are not kept.
  static var maximumCells: Int { 64 }

  /// The node of an index, if the Gaussian variables can depend on it.
  mutating func switchingState(_ bits: UInt64, _ work: inout Workspace) -> Int? {
    guard let state = finite(bits) else { return nil }
    let table = Int(nodes[state].row)
    if switching == table { return state }
    let count = tables[table].weights.count
    let others = switching < 0 ? 1 : cells.count
    if count * others > Self.maximumCells {
      realizeForCap(state, &work)
      return nil
    }
    if switching < 0 {
      switching = table
      cells = [GaussianBlock](repeating: gaussian, count: count)
    } else {
      let target = join([Int(tables[switching].axes[0]), state])
      require(target == switching, "the cells' table comes first")
      cells = cells.flatMap { [GaussianBlock](repeating: $0, count: count) }
    }
    return state
  }

  /// Brings the variables of all means into the block without a random scale.
  mutating func unify(_ means: [Affine], _ work: inout Workspace) {
    var noise = RandomScale(coefficient: 0)
    let indices = means.flatMap { mean in
      (0..<mean.termCount).map { index(Handle(bits: mean.term($0).bits)!) }
    }
    _ = unify(indices, &noise, &work)
  }

  /// The terms of all cases, whose variables are in the block without a random scale. For a case
  /// that cannot be, any do.
  mutating func gaussianCases(
    _ laws: [(mean: Affine, variance: Double)?], _ work: inout Workspace
  ) -> [GaussianCase] {
    laws.map { law in
      let law = law ?? (mean: Affine(0), variance: 1)
      var place = GaussianPlace(block: 0, constant: 0, noise: law.variance, count: 0)
      _ = work.accepts(place.isSound)
      let terms = [GaussianBlock.Term](
        unsafeUninitializedCapacity: max(law.mean.termCount, 1)
      ) { buffer, count in
        collect(law.mean, into: buffer, &place, &work)
        count = place.count
      }
      return GaussianCase(terms: terms, place: place)
    }
  }

  /// Which case each cell is of.
  private func choices(of state: Int) -> [Int] {
    let table = tables[switching]
    let axis = table.axis(of: state)
    return cells.indices.map { table.position($0, axis) }
  }

  mutating func appendSwitchingRow(_ index: Int, _ cases: [GaussianCase], of state: Int) {
    nodes[index].block = 0
    nodes[index].row = Int32(truncatingIfNeeded: gaussian.count)
    for (cell, choice) in choices(of: state).enumerated() {
      cells[cell].append(cases[choice], owner: index)
    }
    gaussian.append(cases[0], owner: index)
  }

  mutating func absorb(_ value: Double, _ cases: [GaussianCase], of state: Int) -> Double {
    if let result = value.logDensityUnlessFinite { return result }
    let choices = choices(of: state)
    return absorb { cells, cell in
      let place = cases[choices[cell]].place
      var terms = cases[choices[cell]].terms
      return terms.withUnsafeMutableBufferPointer {
        cells[cell].absorb(value - place.constant, $0, noise: place.noise)
      }
    }
  }

  /// Absorbs an observation of the same combination of variables in all cells.
  mutating func absorbInCells(
    _ value: Double, _ terms: GaussianBlock.Terms, _ place: GaussianPlace
  ) -> Double {
    absorb { cells, cell in
      cells[cell].absorb(value - place.constant, terms, noise: place.noise)
    }
  }

  private mutating func absorb(
    _ conditioned: (inout [GaussianBlock], Int) -> Double
  ) -> Double {
    var logs: [Double] = []
    for cell in cells.indices {
      logs.append(tables[switching].weights[cell] > 0 ? conditioned(&cells, cell) : -.infinity)
    }
    return tables[switching].multiply(cells: logs)
  }

  /// A draw of a combination of variables; conditions them.
  mutating func drawInCells(
    _ terms: GaussianBlock.Terms, _ place: GaussianPlace, _ work: inout Workspace
  ) -> Double {
    let cell = Categorical(weights: tables[switching].weights).sample(&work.stream)
    let spread = cells[cell].spread(terms) + place.noise
    var value = cells[cell].mean(terms) + place.constant
    if spread > 0 { value += spread.squareRoot() * work.stream.normal() }
    _ = absorbInCells(value, terms, place)
    return value
  }

  /// Gives the finite variables that Gaussian ones depend on values.
  mutating func stopSwitching(_ work: inout Workspace) {
    while switching >= 0, let node = tables[switching].axes.first {
      realize(Int(node), &work)
    }
  }

  /// Goes back to one block where one is all there is.
  mutating func endSwitchingIfPossible() {
    guard switching >= 0 else { return }
    if cells.count == 1 { gaussian = cells[0] }
    if cells.count == 1 || gaussian.count == 0 {
      cells = []
      switching = -1
    }
  }

  /// Makes room for a further variable of the table that the cells belong to, realizing the oldest
  /// of those that the new one does not depend on first.
  mutating func makeRoom(for count: Int, beside parent: Int, _ work: inout Workspace) {
    while switching >= 0 && switching == Int(nodes[parent].row)
      && nodes[parent].kind == .finite && cells.count * count > Self.maximumCells
    {
      let oldest = tables[switching].axes.first { Int($0) != parent }
      realizeForCap(oldest.map { Int($0) } ?? parent, &work)
    }
  }

  /// The moments of Gaussian rows over all cells.
  func mixedMoments(_ first: Int, _ second: Int) -> (mean: Double, covariance: Double) {
    var (one, two, product) = (0.0, 0.0, 0.0)
    for (cell, weight) in zip(cells, tables[switching].weights) where weight > 0 {
      one += weight * cell.means[first]
      two += weight * cell.means[second]
    }
    for (cell, weight) in zip(cells, tables[switching].weights) where weight > 0 {
      let distances = (cell.means[first] - one) * (cell.means[second] - two)
      product += weight * (cell.covariance(first, second) + distances)
    }
    return (one, product)
  }
}

extension GaussianBlock {
  mutating func append(_ law: GaussianCase, owner: Int) {
    var terms = law.terms
    terms.withUnsafeMutableBufferPointer {
      append($0, shift: law.place.constant, noise: law.place.noise, owner: owner)
    }
  }

  /// Conditions on Σ coefficient·x + noise = `value`; its log-density.
  mutating func absorb(_ value: Double, _ terms: Terms, noise: Double) -> Double {
    var (residual, spread) = (0.0, 0.0)
    condition(terms, noise: noise) { mean, variance in
      (residual, spread) = (value - mean, variance)
      return value
    }
    if spread > 0 { return Normal(0, variance: spread).logDensity(residual) }
    return abs(residual) <= 1e-12 * (1 + abs(value)) ? .infinity : -.infinity
  }
}

extension FiniteTable {
  /// The position on an axis of an entry.
  func position(_ entry: Int, _ axis: Int) -> Int {
    entry / sizes[(axis + 1)...].reduce(1, *) % sizes[axis]
  }
}
