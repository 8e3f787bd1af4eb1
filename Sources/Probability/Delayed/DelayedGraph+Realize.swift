import Glibc
import Randomness

// Giving variables values: the operations graft, prune and realize of delayed sampling.

extension DelayedGraph {
  /// The value of a variable, drawn if it has none; what depends on it is conditioned.
  @usableFromInline
  mutating func number(_ handle: Handle, _ work: inout Workspace) -> Double {
    let index = index(handle)
    if nodes[index].kind != .known { realize(index, &work) }
    return nodes[index].a
  }

  /// The value of an expression; its variables are drawn if they have none.
  @usableFromInline
  mutating func number(_ affine: Affine, _ work: inout Workspace) -> Double {
    let affine = affine.normalized()
    var total = affine.constant
    for position in 0..<affine.termCount {
      let term = affine.term(position)
      total += term.coefficient * number(Handle(bits: term.bits)!, &work)
    }
    return total
  }

  /// The value of an expression; its variable is drawn if it has none.
  @usableFromInline
  mutating func number(_ expression: Proportional, _ work: inout Workspace) -> Double {
    let value: Double
    if let general = expression.general.first {
      value = number(general, &work)
    } else if let handle = expression.variable?.handle {
      value = number(handle, &work)
    } else {
      return expression.coefficient
    }
    return expression.isInverted ? expression.coefficient / value : expression.coefficient * value
  }

  /// Draws a variable from its marginal distribution; it and all of its group become known.
  mutating func realize(_ member: Int, _ work: inout Workspace) {
    let index = head(member)
    if nodes[index].kind == .known { return }
    if nodes[index].kind.isShare {
      realizeShare(index, &work)
      return
    }
    work.noteForced(nodes[index])
    prune(index, &work)
    settle(index)
    let node = nodes[index]
    switch node.kind {
    case .gaussian: realizeGaussian(index, &work)
    case .finite: realizeFinite(index, &work)
    case .inverseWishart: realizeWishart(index, &work)
    case .matrixRow: realizeMatrixRow(index, &work)
    case .child:
      let values = drawChild(index, &work)
      if nodes[Int(node.parent)].kind != .known {
        let parent = root(Int(node.parent), for: node.relation, &work)
        learn(values, node, parent, &work)
      }
      for (offset, value) in values.enumerated() { setKnown(index + offset, value) }
    case .dirichlet:
      let values = drawRoot(index, &work)
      for (offset, value) in values.enumerated() { setKnown(index + offset, value) }
    case .free, .known, .countShare, .gammaShare:
      fatalError("no variable at \(index)")
    case .beta, .gamma, .inverseGamma, .pareto, .poisson, .binomial, .negativeBinomial:
      let value = drawRoot(index, &work)[0]
      setKnown(index, value)
      if node.block > 0 {
        stopSwitching(&work)
        dissolve(Int(node.block) - 1, scale: node.kind == .gamma ? 1 / value : value)
        nodes[index].block = 0
      }
      if node.parent >= 0 {
        // A marginalized count: its parent has not seen it yet, nor what was observed of it.
        let parent = Int(node.parent)
        nodes[parent].marginalChild = -1
        var relation = node
        relation.b = node.link
        relation.offset = 0
        learn([value], relation, parent, &work)
        nodes[index].parent = -1
      }
    }
  }

  /// Conditions a parent on what was drawn of its child; a draw that is none is a flaw.
  private mutating func learn(
    _ values: [Double], _ child: Node, _ parent: Int, _ work: inout Workspace
  ) {
    _ = work.accepts(!absorb(values, child, into: parent).isNaN)
  }

  /// Realizes the marginalized child, if there is one.
  mutating func prune(_ index: Int, _ work: inout Workspace) {
    let child = nodes[index].marginalChild
    if child >= 0 { realize(Int(child), &work) }
  }

  /// Turns a child whose parent has got a value into a root, where its family is in the graph.
  mutating func settle(_ index: Int) {
    let node = nodes[index]
    if node.kind == .countShare {
      if nodes[Int(node.parent)].kind == .known { tableShares(of: Int(node.parent)) }
      return
    }
    guard node.kind == .child, node.parent >= 0, nodes[Int(node.parent)].kind == .known else {
      return
    }
    let value = nodes[Int(node.parent)].a
    let scale = node.isInverted ? node.b / value : node.b * value
    switch node.relation {
    case .binomial: becomeRoot(index, .binomial, node.a, value)
    case .negativeBinomial: becomeRoot(index, .negativeBinomial, node.a, value)
    case .poisson: becomeRoot(index, .poisson, scale, 0)
    case .gamma: becomeRoot(index, .gamma, node.a, scale)
    case .inverseGamma: becomeRoot(index, .inverseGamma, node.a, scale)
    case .thinned: becomeRoot(index, .binomial, value, node.b)
    case .weibull, .pareto, .laplace: break
    case .bernoulli: becomeFinite(index, [1 - value, value])
    case .categorical:
      let parent = Int(node.parent)
      becomeFinite(index, (0..<Int(nodes[parent].size)).map { nodes[parent + $0].a })
    case .none, .multinomial, .uniform: break
    }
  }

  private mutating func becomeRoot(_ index: Int, _ kind: Node.Kind, _ a: Double, _ b: Double) {
    nodes[index].kind = kind
    nodes[index].a = a
    nodes[index].b = b
    nodes[index].parent = -1
    nodes[index].relation = .none
  }

  /// Turns a binomial root into a table of its values.
  mutating func becomeTable(_ index: Int) {
    let law = Binomial(count: Int(nodes[index].a), probability: nodes[index].b)
    nodes[index].kind = .finite
    addTable(index, (0...law.count).map { exp(law.logDensity($0)) })
  }

  private mutating func becomeFinite(_ index: Int, _ weights: [Double]) {
    nodes[index].kind = .finite
    nodes[index].parent = -1
    nodes[index].relation = .none
    addTable(index, weights)
  }

  /// Makes a parent's marginal distribution available to a child, by realizing what cannot be
  /// integrated out. The result is known if nothing else helps.
  ///
  /// A count that is Poisson with a gamma rate stays a child for what is thinned of it.
  mutating func root(_ index: Int, for relation: Relation, _ work: inout Workspace) -> Int {
    let index = head(index)
    if nodes[index].kind == .countShare { realize(Int(nodes[index].parent), &work) }
    settle(index)
    prune(index, &work)
    if nodes[index].kind.isShare { realize(index, &work) }
    if nodes[index].kind == .child {
      let parent = Int(nodes[index].parent)
      if relation == .thinned && nodes[index].relation == .poisson {
        _ = root(parent, for: .poisson, &work)
        settle(index)
      } else if relation == .thinned && nodes[index].relation == .thinned {
        marginalizeThinned(index, &work)
      } else {
        realize(index, &work)
      }
    }
    if relation == .thinned && nodes[index].offset != 0 {
      // What was observed of it once is certain now, and is thinned by another law.
      let node = nodes[index]
      if node.kind == .binomial && node.parent < 0 && node.a < Double(FiniteTable.maximumCount) {
        becomeTable(index)
      } else if node.kind != .known && node.kind != .finite {
        realize(index, &work)
      }
    }
    return index
  }

  /// Makes the marginal distribution of a thinned count available, its parent integrated out.
  private mutating func marginalizeThinned(_ index: Int, _ work: inout Workspace) {
    let parent = root(Int(nodes[index].parent), for: .thinned, &work)
    settle(index)
    if nodes[index].kind != .child { return }
    if nodes[parent].kind == .finite {
      realize(index, &work)
      return
    }
    if nodes[parent].kind == .child {
      // The parent is negative binomial; its rate learns of it when it is realized.
      let rate = Int(nodes[parent].parent)
      let factor = nodes[parent].b
      nodes[parent].kind = .negativeBinomial
      nodes[parent].a = nodes[rate].a
      nodes[parent].b = nodes[rate].b / (nodes[rate].b + factor)
      nodes[parent].link = factor
      nodes[rate].marginalChild = Int32(truncatingIfNeeded: parent)
    }
    let p = nodes[index].b
    let (a, b) = (nodes[parent].a, nodes[parent].b)
    nodes[index].kind = nodes[parent].kind
    nodes[index].link = p
    nodes[parent].marginalChild = Int32(truncatingIfNeeded: index)
    switch nodes[parent].kind {
    case .poisson: nodes[index].a = a * p
    case .binomial: (nodes[index].a, nodes[index].b) = (a, b * p)
    default: (nodes[index].a, nodes[index].b) = (a, b / (b + p * (1 - b)))
    }
  }

  /// A draw of a child from its marginal distribution: its parent is drawn for this draw alone.
  private mutating func drawChild(_ index: Int, _ work: inout Workspace) -> [Double] {
    let node = nodes[index]
    let parent = Int(node.parent)
    let values: [Double]
    if nodes[parent].kind == .known {
      values = (0..<Int(nodes[parent].size)).map { nodes[parent + $0].a }
    } else {
      let parent = root(parent, for: node.relation, &work)
      values = drawMarginal(parent, &work)
    }
    return draw(node, given: values, &work)
  }

  /// A draw of what a child depends on; the graph stays as it is.
  private func drawMarginal(_ index: Int, _ work: inout Workspace) -> [Double] {
    let node = nodes[index]
    switch node.kind {
    case .known: return (0..<Int(node.size)).map { nodes[index + $0].a }
    case .child: return draw(node, given: drawMarginal(Int(node.parent), &work), &work)
    case .finite:
      return [node.offset + Double(drawPosition(index, &work))]
    default: return drawRoot(index, &work)
    }
  }

  private func draw(_ node: Node, given parent: [Double], _ work: inout Workspace) -> [Double] {
    let scale = node.isInverted ? node.b / parent[0] : node.b * parent[0]
    switch node.relation {
    case .none: fatalError("a child without a relation")
    case .bernoulli: return [work.stream.uniform() < parent[0] ? 1 : 0]
    case .binomial:
      let law = Binomial(count: Int(saturating: node.a), probability: parent[0])
      return [Double(law.sample(&work.stream))]
    case .negativeBinomial:
      let law = NegativeBinomial(successes: node.a, probability: parent[0])
      return [Double(law.sample(&work.stream))]
    case .poisson: return [node.offset + Double(Poisson(scale).sample(&work.stream))]
    case .gamma: return [Gamma(shape: node.a, rate: scale).sample(&work.stream)]
    case .inverseGamma: return [InverseGamma(shape: node.a, scale: scale).sample(&work.stream)]
    case .categorical: return [Double(Categorical(parent).sample(&work.stream))]
    case .multinomial:
      return Multinomial(count: Int(saturating: node.a), probabilities: parent).sample(&work.stream)
        .map { Double($0) }
    case .thinned:
      let law = Binomial(count: Int(saturating: parent[0]), probability: node.b)
      return [Double(law.sample(&work.stream))]
    case .uniform: return [work.stream.uniform() * parent[0]]
    case .weibull: return [pow(work.stream.exponential() / scale, 1 / node.a)]
    case .pareto: return [node.a * exp(work.stream.exponential() / scale)]
    case .laplace: return [Laplace(location: node.a, scale: 1 / scale).sample(&work.stream)]
    }
  }

  /// A draw from a root's distribution; the graph stays as it is.
  private func drawRoot(_ index: Int, _ work: inout Workspace) -> [Double] {
    let node = nodes[index]
    switch node.kind {
    case .beta: return [Beta(node.a, node.b).sample(&work.stream)]
    case .gamma: return [Gamma(shape: node.a, rate: node.b).sample(&work.stream)]
    case .inverseGamma: return [InverseGamma(shape: node.a, scale: node.b).sample(&work.stream)]
    case .pareto: return [Pareto(shape: node.a, minimum: node.b).sample(&work.stream)]
    case .poisson: return [node.offset + Double(Poisson(node.a).sample(&work.stream))]
    case .binomial:
      let law = Binomial(count: Int(saturating: node.a), probability: node.b)
      return [node.offset + Double(law.sample(&work.stream))]
    case .negativeBinomial:
      let law = NegativeBinomial(successes: node.a, probability: node.b)
      return [node.offset + Double(law.sample(&work.stream))]
    case .dirichlet:
      let concentration = (0..<Int(node.size)).map { nodes[index + $0].a }
      return Dirichlet(concentration).sample(&work.stream)
    case .free, .known, .gaussian, .finite, .child, .inverseWishart, .matrixRow, .countShare,
      .gammaShare:
      fatalError("\(node.kind) is no root of a tree")
    }
  }
}
