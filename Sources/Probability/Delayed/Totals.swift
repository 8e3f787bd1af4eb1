import Glibc

// Totals: sums of Poisson counts, or of gamma numbers of one rate, that are variables themselves.
//
// A total is a root like any other. Its summands are shares of it from then on: the odds of how it
// splits do not depend on what it is. They wait until one of them is needed; then the total is
// drawn from what is known of it, and split. A share can be a total itself.
//
// A total that a model does not keep is left out where its shares are still independent: a count of
// which none was observed, or a gamma number whose shape did not change.
//
// Sources: Johnson, Kemp, Kotz, "Univariate Discrete Distributions" (3rd edition, 2005), section
// 4.8, for counts: multinomial; Johnson, Kotz, Balakrishnan, "Continuous Univariate Distributions"
// (2nd edition, 1994), volume 1, section 17.6, for gamma numbers: Dirichlet.

extension DelayedGraph {
  /// A new variable for a sum of Poisson counts and a constant; nil for any other sum.
  mutating func assumeTotal(of sum: SumParts, _ work: inout Workspace) -> Handle? {
    let isTotal = sum.parts.allSatisfy {
      $0.coefficient == 1 && nodes[$0.index].kind == .poisson && isCount($0.index)
    }
    guard isTotal && !sum.parts.isEmpty else { return nil }
    var (rate, base) = (0.0, Double(sum.constant))
    for part in sum.parts {
      rate += nodes[part.index].a
      base += nodes[part.index].offset
    }
    let total = assumeRoot(.poisson, rate, 0, &work)
    nodes[total.index].offset = base
    nodes[total.index].hasShares = true
    for part in sum.parts {
      becomeShare(part.index, .countShare, of: total.index, whole: rate, link: base)
    }
    return total
  }

  /// A new variable for a sum of multiples of gamma numbers that all have one rate then; nil for
  /// any other sum.
  mutating func assumeTotal(of sum: Affine, _ work: inout Workspace) -> Handle? {
    guard let sum = gammaSum(sum), sum.constant == 0, !sum.parts.isEmpty,
      sum.parts.allSatisfy({ nodes[$0.index].marginalChild < 0 }),
      let rate = commonRate(sum.parts)
    else { return nil }
    let shape = sum.parts.reduce(0) { $0 + nodes[$1.index].a }
    guard shape > 0 && shape.isFinite else { return nil }
    let total = assumeRoot(.gamma, shape, rate, &work)
    nodes[total.index].hasShares = true
    for part in sum.parts {
      becomeShare(
        part.index, .gammaShare, of: total.index, whole: shape, link: part.coefficient)
    }
    return total
  }

  private mutating func becomeShare(
    _ index: Int, _ kind: Node.Kind, of total: Int, whole: Double, link: Double
  ) {
    nodes[index].kind = kind
    nodes[index].parent = Int32(truncatingIfNeeded: total)
    nodes[index].b = whole
    nodes[index].link = link
  }

  /// The shares of a total that have no value.
  func shares(of total: Int) -> [Int] {
    nodes.indices.filter { nodes[$0].kind.isShare && Int(nodes[$0].parent) == total }
  }

  /// What the weights of all shares of a total are more than those of the ones without a value:
  /// the weight of those which were dropped.
  func rest(of shares: [Int]) -> Double {
    guard let first = shares.first else { return 0 }
    let whole = nodes[first].b
    let rest = shares.reduce(whole) { $0 - nodes[$1].a }
    // Less is what was lost in adding up.
    return rest > 1e-12 * whole ? rest : 0
  }

  /// A share, its total, the total of that, up to the last one that is a share.
  private func pathOfShares(from index: Int) -> [Int] {
    var path = [index]
    while true {
      let total = Int(nodes[path[path.count - 1]].parent)
      if !nodes[total].kind.isShare { return path }
      path.append(total)
    }
  }

  /// Draws a share, and with it its total and the other shares.
  mutating func realizeShare(_ index: Int, _ work: inout Workspace) {
    let path = pathOfShares(from: index)
    // One pass over the graph: the path of a sum that was added up term by term is long.
    var groups: [Int: [Int]] = [:]
    for share in path { groups[Int(nodes[share].parent)] = [] }
    for other in nodes.indices where nodes[other].kind.isShare {
      groups[Int(nodes[other].parent)]?.append(other)
    }
    for share in path.reversed() where nodes[share].kind.isShare {
      let total = Int(nodes[share].parent)
      realizeShares(groups[total] ?? [], of: total, &work)
    }
  }

  private mutating func realizeShares(
    _ shares: [Int], of total: Int, _ work: inout Workspace
  ) {
    let isGiven = nodes[total].kind == .known
    realize(total, &work)
    let rest = rest(of: shares)
    let values = split(nodes[total].a, shares, rest: rest, &work)
    // Of a given total without other shares there is nothing to draw.
    let isDrawn = !isGiven || shares.count > 1 || rest > 0
    for (share, value) in zip(shares, values) {
      if isDrawn {
        work.noteForced(nodes[share])
        setKnown(share, value)
      } else {
        setGiven(share, value)
      }
      nodes[share].parent = -1
    }
  }

  /// Values of the shares of a known total.
  private func split(
    _ total: Double, _ shares: [Int], rest: Double, _ work: inout Workspace
  ) -> [Double] {
    let head = nodes[shares[0]]
    let weights = shares.map { nodes[$0].a } + (rest > 0 ? [rest] : [])
    if head.kind == .gammaShare {
      let parts = weights.count == 1 ? [1] : Dirichlet(weights).sample(&work.stream)
      return zip(shares, parts).map { total * $1 / nodes[$0].link }
    }
    let count = Self.count(total, above: head)
    guard count > 0 else { return shares.map { nodes[$0].offset } }
    let law = Multinomial(count: count, probabilities: weights.map { $0 / head.b })
    return zip(shares, law.sample(&work.stream)).map { nodes[$0].offset + Double($1) }
  }

  /// How many there are to share.
  static func count(_ total: Double, above share: Node) -> Int {
    Int(min(total - share.link, 0x1p62))
  }

  /// Makes a table of the shares of a known count, if it is small enough. The only share of one is
  /// binomial, or known with it if none was dropped.
  mutating func tableShares(of total: Int) {
    let shares = shares(of: total)
    let rest = rest(of: shares)
    let head = nodes[shares[0]]
    let count = Self.count(nodes[total].a, above: head)
    if shares.count == 1 {
      nodes[shares[0]].parent = -1
      if rest == 0 {
        setGiven(shares[0], head.offset + Double(count))
      } else {
        nodes[shares[0]].kind = .binomial
        (nodes[shares[0]].a, nodes[shares[0]].b) = (Double(count), min(head.a / head.b, 1))
      }
      return
    }
    let sizes = shares.map { _ in count + 1 }
    let entries = pow(Double(count + 1), Double(shares.count))
    if entries > Double(FiniteTable.maximumCount) { return }
    let probabilities = (shares.map { nodes[$0].a } + [rest]).map { head.b > 0 ? $0 / head.b : 0 }
    let axes = shares.map { Int32(truncatingIfNeeded: $0) }
    var table = FiniteTable(axes: axes, sizes: sizes, weights: [])
    var counts = shares.map { _ in 0.0 }
    for _ in 0..<Int(entries) {
      let left = counts.reduce(Double(count), -)
      // Most entries cannot be, if no share was dropped.
      let isPossible = left == 0 || (left > 0 && rest > 0)
      table.weights.append(
        isPossible ? exp(Special.logMultinomialMass(counts + [left], probabilities)) : 0)
      // The next entry: the last axis varies fastest.
      for axis in counts.indices.reversed() {
        counts[axis] += 1
        if counts[axis] <= Double(count) { break }
        counts[axis] = 0
      }
    }
    let place = add(table)
    for share in shares {
      nodes[share].kind = .finite
      nodes[share].parent = -1
      nodes[share].row = Int32(truncatingIfNeeded: place)
    }
  }

  /// The mean and variance of a share, from those of the variables that are none.
  func shareMoments(
    _ index: Int, _ moments: (Int) -> (mean: Double, variance: Double)
  ) -> (mean: Double, variance: Double) {
    let path = pathOfShares(from: index)
    let total = moments(Int(nodes[path[path.count - 1]].parent))
    return path.reversed().reduce(total) { shareMoments(nodes[$1], $0) }
  }

  private func shareMoments(
    _ share: Node, _ total: (mean: Double, variance: Double)
  ) -> (mean: Double, variance: Double) {
    let part = share.b > 0 ? share.a / share.b : 0
    if share.kind == .countShare {
      let mean = total.mean - share.link
      return (
        share.offset + part * mean, part * part * total.variance + part * (1 - part) * mean
      )
    }
    let variance = part * (1 - part) / (share.b + 1)
    let mean = part * total.mean
    let square = (part * part + variance) * total.variance + variance * total.mean * total.mean
    return (mean / share.link, square / (share.link * share.link))
  }

  /// Shows the totals that reached shares are written in terms of; `spread` marks what else is.
  ///
  /// A total that nothing else needs is left out where what was observed of it does not tie its
  /// shares to each other: they become shares of the total that it is a share of, or roots again.
  mutating func spreadReachToTotals(_ spread: (inout DelayedGraph) -> Void) {
    var isChanging = true
    while isChanging {
      isChanging = false
      for index in nodes.indices where nodes[index].isReached {
        while bypassTotal(of: index) {}
        if nodes[index].kind.isShare && !nodes[Int(nodes[index].parent)].isReached {
          nodes[Int(nodes[index].parent)].isReached = true
          isChanging = true
        }
      }
      if isChanging { spread(&self) }
    }
  }

  /// False if the variable is no share, or needs its total.
  private mutating func bypassTotal(of index: Int) -> Bool {
    let share = nodes[index]
    guard share.kind.isShare else { return false }
    let total = nodes[Int(share.parent)]
    guard !total.isReached && total.marginalChild < 0 else { return false }
    switch total.kind {
    case .poisson, .countShare:
      // Counts are independent, unless some of the total is certain to be among them.
      guard total.offset == share.link else { return false }
      if share.b > 0 { nodes[index].a *= total.a / share.b }
      if total.kind == .poisson { (nodes[index].b, nodes[index].link) = (0, 0) }
    case .gamma, .gammaShare:
      // Shares are independent of the total and of each other only with the shape that they add to.
      guard total.a == share.b else { return false }
      if total.kind == .gamma {
        (nodes[index].b, nodes[index].link) = (total.b * share.link, 0)
      }
    default: return false
    }
    nodes[index].kind = total.kind
    nodes[index].parent = total.parent
    if total.kind.isShare {
      nodes[index].b = total.b
      nodes[index].link = total.kind == .gammaShare ? share.link * total.link : total.link
    }
    return true
  }
}
