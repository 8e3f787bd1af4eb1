import Glibc

// The probabilities of the values of counts and indices that have finitely many.

extension DelayedGraph {
  /// More values than this are not listed.
  private static let maximumListed = 1 << 16
  /// Nor are values this large, whose predecessors have probability 0.
  private static let maximumFirst = 1 << 24

  /// The probabilities of a variable's values 0, 1, …, given all that was observed.
  ///
  /// Of finite tables, of counts that cannot exceed a number of trials, and of indices that a
  /// random vector chooses. A Poisson or negative binomial count has infinitely many values: ask
  /// for its mean and variance. Asking for its probabilities, or for those of a variable that can
  /// be negative, is a programming error and ends the program with a message.
  public func probabilities(_ variable: Random<Int>) -> [Double] {
    if let known = variable.known { return listed((known, [1]), Site.unknown) }
    guard let handle = variable.handle else { return [] }
    let index = index(handle)
    guard let masses = masses(index) else {
      let site = nodes[index].site
      fatalError(
        """
        probabilities of the variable assumed at \(site): it has infinitely many values, or more \
        than \(Self.maximumListed); its mean and variance are known
        """)
    }
    return listed(masses, nodes[index].site)
  }

  private func listed(_ masses: Masses, _ site: Site) -> [Double] {
    guard masses.first >= 0 else {
      fatalError(
        "probabilities of the variable assumed at \(site): it can be \(masses.first), negative")
    }
    guard masses.first < Self.maximumFirst else {
      fatalError(
        "probabilities of the variable assumed at \(site): its value \(masses.first) is too large")
    }
    return [Double](repeating: 0, count: masses.first) + masses.weights
  }

  /// The probabilities of the integers from `first` on.
  private typealias Masses = (first: Int, weights: [Double])

  /// Nil for a variable of infinitely many values, or too many.
  private func masses(_ index: Int) -> Masses? {
    let node = nodes[index]
    switch node.kind {
    case .known: return (Int(saturating: node.a), [1])
    case .finite: return (Int(node.offset), marginal(index))
    case .binomial: return binomialMasses(node)
    case .countShare:
      guard let total = masses(Int(node.parent)) else { return nil }
      let part = node.b > 0 ? min(node.a / node.b, 1) : 0
      return thinned(total, above: Int(node.link), p: part, offset: Int(node.offset))
    case .child: return childMasses(node)
    case .free, .gaussian, .beta, .gamma, .inverseGamma, .dirichlet, .pareto, .poisson,
      .negativeBinomial, .inverseWishart, .matrixRow, .gammaShare:
      return nil
    }
  }

  private func childMasses(_ node: Node) -> Masses? {
    let parent = nodes[Int(node.parent)]
    switch node.relation {
    case .bernoulli, .binomial:
      guard node.a < Double(Self.maximumListed) else { return nil }
      let count = Int(node.a)
      if parent.kind == .known { return (0, Self.masses(count, parent.a)) }
      let law = BetaBinomial(count: count, alpha: parent.a, beta: parent.b)
      return (0, (0...max(count, 0)).map { exp(law.logDensity($0)) })
    case .categorical: return (0, means(ofGroup: Int(node.parent)))
    case .thinned:
      guard let count = masses(Int(node.parent)) else { return nil }
      return thinned(count, above: 0, p: node.b, offset: 0)
    case .none, .negativeBinomial, .poisson, .gamma, .inverseGamma, .multinomial, .uniform,
      .weibull, .pareto, .laplace:
      return nil
    }
  }

  private func binomialMasses(_ node: Node) -> Masses? {
    guard node.a < Double(Self.maximumListed) else { return nil }
    let count = Int(node.a)
    guard node.marginalChild >= 0 else { return (Int(node.offset), Self.masses(count, node.b)) }
    // The child is among it, and has been seen alone: the others are binomial given it.
    guard let child = masses(Int(node.marginalChild)) else { return nil }
    let link = nodes[Int(node.marginalChild)].link
    let success = node.b * link < 1 ? min(node.b * (1 - link) / (1 - node.b * link), 1) : 0
    var result = [Double](repeating: 0, count: child.first + child.weights.count)
    result += [Double](repeating: 0, count: max(count + 1 - result.count, 0))
    for (position, weight) in child.weights.enumerated() where weight > 0 {
      let part = child.first + position
      for (more, mass) in Self.masses(count - part, success).enumerated() {
        result[part + more] += weight * mass
      }
    }
    return (0, result)
  }

  /// Of `offset` more than what remains of that which a count is more than `base`.
  private func thinned(_ count: Masses, above base: Int, p: Double, offset: Int) -> Masses {
    var result = [Double](
      repeating: 0, count: max(count.first - base + count.weights.count, 1))
    for (position, weight) in count.weights.enumerated() where weight > 0 {
      let law = Self.masses(count.first + position - base, p)
      for (value, mass) in law.enumerated() { result[value] += weight * mass }
    }
    return (offset, result)
  }

  private static func masses(_ count: Int, _ p: Double) -> [Double] {
    let law = Binomial(count: max(count, 0), probability: p)
    return (0...law.count).map { exp(law.logDensity($0)) }
  }
}
