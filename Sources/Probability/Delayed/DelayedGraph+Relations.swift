import Glibc

// Conjugate pairs of a parent and a child: the child's marginal probability and the parent's
// posterior, in one step.
//
// Sources: Gelman and others, "Bayesian Data Analysis" (3rd edition, 2013), sections 2.4, 2.6, 3.4;
// Johnson, Kemp, Kotz, "Univariate Discrete Distributions" (3rd edition, 2005), chapters 3 to 6,
// for thinned counts.

/// A number times what a node is, or the inverse of that; without a node, just a number.
struct RandomScale {
  var coefficient: Double
  var node = -1
  var isInverted = false

  func evaluated(_ value: Double) -> RandomScale {
    RandomScale(coefficient: isInverted ? coefficient / value : coefficient * value)
  }
}

extension DelayedGraph {
  /// A variance as a multiple of a random scale that can stay random, or else as a number.
  mutating func scale(_ expression: Proportional, _ work: inout Workspace) -> RandomScale {
    guard let handle = expression.variable?.handle else {
      return RandomScale(coefficient: number(expression, &work))
    }
    return scale(handle, expression, conjugate: .inverseGamma, inverse: .gamma, &work)
  }

  /// A rate as a multiple of a gamma number that can stay random, or else as a number.
  mutating func rate(_ expression: Proportional, _ work: inout Workspace) -> RandomScale {
    guard let handle = expression.variable?.handle else {
      return RandomScale(coefficient: number(expression, &work))
    }
    return scale(handle, expression, conjugate: .gamma, inverse: .inverseGamma, &work)
  }

  private mutating func scale(
    _ handle: Handle, _ expression: Proportional, conjugate: Node.Kind, inverse: Node.Kind,
    _ work: inout Workspace
  ) -> RandomScale {
    let index = index(handle)
    settle(index)
    let scale = RandomScale(
      coefficient: expression.coefficient, node: index, isInverted: expression.isInverted)
    let wanted = expression.isInverted ? inverse : conjugate
    if nodes[index].kind == wanted && expression.coefficient > 0 {
      prune(index, &work)
      return scale
    }
    if nodes[index].kind == .known {
      if nodes[index].origin == wanted { work.noteMissed(nodes[index]) }
    } else {
      realize(index, &work)
    }
    return scale.evaluated(nodes[index].a)
  }

  /// A new variable that depends on a root; nil if its known parameters are none.
  mutating func assumeChild(
    _ relation: Relation, of parent: Int, a: Double, b: Double = 1, isInverted: Bool = false,
    size: Int = 1, _ work: inout Workspace
  ) -> Handle? {
    guard work.accepts(relation.isSound(a, b)) else { return nil }
    var node = Node()
    node.kind = .child
    node.relation = relation
    node.parent = Int32(truncatingIfNeeded: parent)
    node.a = a
    node.b = b
    node.isInverted = isInverted
    node.site = work.site
    let handle = allocate(node, size: size)
    settle(handle.index)
    return handle
  }

  /// A new variable that depends on nothing random.
  mutating func assumeRoot(
    _ kind: Node.Kind, _ a: Double, _ b: Double, _ work: inout Workspace
  ) -> Handle {
    var node = Node()
    node.kind = kind
    node.a = a
    node.b = b
    node.site = work.site
    return allocate(node)
  }

  /// The log-probability of a child's value, NaN if its known parameters are none; the parent, a
  /// root that is not known, learns of it.
  mutating func observeChild(
    _ relation: Relation, of parent: Int, a: Double, b: Double = 1, values: [Double]
  ) -> Double {
    guard relation.isSound(a, b) else { return .nan }
    var node = Node()
    node.relation = relation
    node.a = a
    node.b = b
    return absorb(values, node, into: parent)
  }

  /// The log-probability of a child's value, its parent integrated out; the parent is conditioned,
  /// but not on what is impossible.
  mutating func absorb(_ values: [Double], _ child: Node, into parent: Int) -> Double {
    if let result = values.logDensityUnlessFinite { return result }
    let x = values[0]
    if nodes[parent].kind == .known { fatalError("nothing to learn about a known value") }
    switch child.relation {
    case .none: fatalError("a child without a relation")
    case .bernoulli: return absorbSuccesses(x, of: 1, into: parent)
    case .binomial: return absorbSuccesses(x, of: child.a, into: parent)
    case .negativeBinomial: return absorbFailures(x, before: child.a, into: parent)
    case .poisson: return absorbPoisson(x - child.offset, factor: child.b, into: parent)
    case .gamma: return absorbGamma(x, shape: child.a, factor: child.b, into: parent)
    case .weibull, .pareto, .laplace: return absorbTransformed(x, child, into: parent)
    case .inverseGamma:
      // The density of x is that of 1/x, gamma, times 1/x².
      if !(x > 0) { return -.infinity }
      return absorbGamma(1 / x, shape: child.a, factor: child.b, into: parent) - 2 * log(x)
    case .categorical: return absorbCategory(x, into: parent)
    case .multinomial: return absorbCounts(values, of: child.a, into: parent)
    case .thinned: return absorbThinned(x, probability: child.b, into: parent)
    case .uniform: return absorbUniform(x, into: parent)
    }
  }

  private mutating func absorbSuccesses(
    _ x: Double, of trials: Double, into parent: Int
  ) -> Double {
    guard x >= 0 && x <= trials && x == x.rounded() else { return -.infinity }
    let (alpha, beta) = (nodes[parent].a, nodes[parent].b)
    nodes[parent].a += x
    nodes[parent].b += trials - x
    if trials == 1 { return log((x == 1 ? alpha : beta) / (alpha + beta)) }
    return Special.logBinomialCoefficient(trials, x) + Special.logRising(alpha, x)
      + Special.logRising(beta, trials - x) - Special.logRising(alpha + beta, trials)
  }

  /// Successes among trials of unknown probability, from which the probability learns.
  mutating func drawSuccesses(_ trials: Int, of parent: Int, _ work: inout Workspace) -> Int {
    let p = Beta(nodes[parent].a, nodes[parent].b).sample(&work.stream)
    let successes = Binomial(count: trials, probability: p).sample(&work.stream)
    nodes[parent].a += Double(successes)
    nodes[parent].b += Double(trials - successes)
    return successes
  }

  private mutating func absorbFailures(
    _ x: Double, before successes: Double, into parent: Int
  ) -> Double {
    guard x >= 0 && x == x.rounded() else { return -.infinity }
    let (alpha, beta) = (nodes[parent].a, nodes[parent].b)
    nodes[parent].a += successes
    nodes[parent].b += x
    return Special.logRising(successes, x) - Special.logGamma(x + 1)
      + Special.logRising(alpha, successes) + Special.logRising(beta, x)
      - Special.logRising(alpha + beta, successes + x)
  }

  private mutating func absorbPoisson(_ x: Double, factor: Double, into parent: Int) -> Double {
    guard x >= 0 && x == x.rounded() else { return -.infinity }
    if factor == 0 { return x == 0 ? 0 : -.infinity }
    let (shape, rate) = (nodes[parent].a, nodes[parent].b)
    nodes[parent].a += x
    nodes[parent].b += factor
    return Special.logRising(shape, x) - Special.logGamma(x + 1)
      - shape * log1p(factor / rate) - x * log1p(rate / factor)
  }

  /// x is gamma with the given shape and rate `factor`·λ.
  private mutating func absorbGamma(
    _ x: Double, shape: Double, factor: Double, into parent: Int
  ) -> Double {
    // An infinite x is a function of a finite one that overflowed.
    guard x >= 0 && x < .infinity else { return -.infinity }
    // The density at 0 is finite for shape 1 alone.
    if x == 0 && shape != 1 { return shape < 1 ? .infinity : -.infinity }
    let (prior, rate) = (nodes[parent].a, nodes[parent].b)
    nodes[parent].a += shape
    nodes[parent].b += factor * x
    let power = shape == 1 ? 0 : (shape - 1) * log(x)
    return Special.logRising(prior, shape) - Special.logGamma(shape) + power
      + shape * log(factor / rate) - (prior + shape) * log1p(factor * x / rate)
  }

  /// What is exponential with rate `b`·λ is a function of x.
  private mutating func absorbTransformed(
    _ x: Double, _ child: Node, into parent: Int
  ) -> Double {
    let (exponential, logSlope): (Double, Double)
    switch child.relation {
    case .weibull:
      // At 0 the density is that of shape 1, or 0, or infinite.
      guard x >= 0 else { return -.infinity }
      if x == 0 && child.a != 1 { return child.a < 1 ? .infinity : -.infinity }
      exponential = pow(x, child.a)
      logSlope = child.a == 1 ? 0 : log(child.a) + (child.a - 1) * log(x)
    case .pareto:
      guard x >= child.a else { return -.infinity }
      exponential = log(x / child.a)
      logSlope = -log(x)
    default:
      exponential = abs(x - child.a)
      logSlope = -log(2)
    }
    return absorbGamma(exponential, shape: 1, factor: child.b, into: parent) + logSlope
  }

  private mutating func absorbCategory(_ x: Double, into parent: Int) -> Double {
    let size = Int(nodes[parent].size)
    guard x >= 0 && x < Double(size) && x == x.rounded() else { return -.infinity }
    let category = parent + Int(x)
    var total = 0.0
    for offset in 0..<size { total += nodes[parent + offset].a }
    let probability = nodes[category].a / total
    nodes[category].a += 1
    return log(probability)
  }

  private mutating func absorbCounts(
    _ counts: [Double], of trials: Double, into parent: Int
  ) -> Double {
    guard counts.count == Int(nodes[parent].size), counts.allSatisfy({ $0 >= 0 }),
      counts.reduce(0, +) == trials
    else { return -.infinity }
    var total = 0.0
    var result = Special.logGamma(trials + 1)
    for (offset, count) in counts.enumerated() {
      let concentration = nodes[parent + offset].a
      total += concentration
      result += Special.logRising(concentration, count) - Special.logGamma(count + 1)
      nodes[parent + offset].a += count
    }
    return result - Special.logRising(total, trials)
  }

  /// x of the parent's individuals remain, each with the given probability.
  private mutating func absorbThinned(
    _ x: Double, probability p: Double, into parent: Int
  ) -> Double {
    guard x >= 0 && x < 0x1p63 && x == x.rounded() else { return -.infinity }
    let node = nodes[parent]
    if node.kind == .finite {
      let count = Int(x)
      return observeFinite(parent) { Binomial(count: $0, probability: p).logDensity(count) }
    }
    if node.kind == .countShare { return absorbThinnedShare(x, probability: p, into: parent) }
    require(node.offset == 0, "a count is thinned in closed form once only")
    let result: Double
    switch node.kind {
    case .child:
      // Poisson given its rate, so what remains and what does not are independent given that.
      result = absorbPoisson(x, factor: node.b * p, into: Int(node.parent))
      nodes[parent].b = node.b * (1 - p)
    case .poisson:
      result = Poisson(node.a * p).logDensity(Int(x))
      nodes[parent].a = node.a * (1 - p)
    case .binomial:
      let marginal = node.b * p
      let law = Binomial(count: Int(saturating: node.a), probability: marginal)
      result = law.logDensity(Int(x))
      nodes[parent].a = max(node.a - x, 0)
      // With everyone remaining there is no one left for this probability to matter.
      nodes[parent].b = marginal < 1 ? min(node.b * (1 - p) / (1 - marginal), 1) : 0
    case .negativeBinomial:
      let thinned = node.b + p * (1 - node.b)
      let law = NegativeBinomial(successes: node.a, probability: node.b / thinned)
      result = law.logDensity(Int(x))
      nodes[parent].a = node.a + x
      nodes[parent].b = thinned
    default: fatalError("\(node.kind) is no count")
    }
    nodes[parent].offset = x
    if result == -.infinity { nodes[parent] = node }
    return result
  }

  private mutating func absorbUniform(_ x: Double, into parent: Int) -> Double {
    guard x >= 0 else { return -.infinity }
    let (shape, minimum) = (nodes[parent].a, nodes[parent].b)
    nodes[parent].a = shape + 1
    nodes[parent].b = max(minimum, x)
    let base = log(shape / (shape + 1)) - log(minimum)
    return x <= minimum ? base : base - (shape + 1) * log(x / minimum)
  }
}
