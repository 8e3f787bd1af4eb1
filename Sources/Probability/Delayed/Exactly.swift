/// An expression of random variables whose value can be observed without noise, or assumed to be a
/// variable itself.
public protocol ExactExpression: Sendable {
  associatedtype Value: RandomValue & Equatable

  /// The value; variables are drawn if they have none.
  func number(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Value

  /// A variable for the value; nil if no rule of the graph applies.
  func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Value>?

  /// The log-density of `value`; conditions the variables on it.
  func observe(_ value: Value, _ graph: inout DelayedGraph, _ work: inout Workspace) -> Double
}

/// All probability at the value of an expression of random variables.
///
///     let total = p.assume(Exactly(births - deaths))
///     p.observe(12, Exactly(first + second))
///
/// Sums of integers with finitely many values are exact as long as the table of all of them has at
/// most 4096 entries; sums of normal variables always. So are observed sums with unbounded counts,
/// where no term goes the other way: of an observed difference of two of them, one is drawn.
///
/// A sum of Poisson counts, and a constant, is a Poisson count, and a sum of gamma variables that
/// has one rate is gamma: assumed, it is a variable. The summands stay random until one of them is
/// needed. Then the sum is drawn, and what is thinned of a summand, or observed of gamma
/// summands, has a closed form given it; for all else they are drawn, unless counts have a table
/// as above.
///
/// Limits:
///
/// - A sum with a constant other than 0 gets its value when it is thinned: `x + y + 1` is no
///   Poisson count. So does a count that was thinned before: some of it is certain then.
/// - Of two sums with a summand in common, the second is drawn when it is assumed.
/// - A sum of gamma variables and a constant, or a term with a value, is drawn when it is assumed.
///   It can be observed.
/// - Gamma summands of a sum that is assumed are observed together if they are multiples of shares
///   of one sum in the same proportion.
/// - A sum of continuous variables that no rule applies to, none of them normal, cannot be
///   observed: the particle has no weight (NaN), and inference ends with
///   `ModelProblem.Kind.exact`.
public struct Exactly<Expression: ExactExpression>: Sendable {
  public var expression: Expression

  public init(_ expression: Expression) {
    self.expression = expression
  }
}

extension Exactly where Expression == IntegerSum {
  /// A variable itself.
  public init(_ variable: Random<Int>) {
    self.init(IntegerSum(variable))
  }
}

extension Exactly where Expression == Affine {
  /// A variable itself.
  public init(_ variable: Random<Double>) {
    self.init(Affine(variable))
  }
}

extension Exactly: DelayedDistribution {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Delta<Expression.Value> {
    Delta(expression.number(&graph, &work))
  }

  public func assume(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Random<Expression.Value>? {
    expression.assume(&graph, &work)
  }

  public func observe(
    _ value: Expression.Value, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    expression.observe(value, &graph, &work)
  }
}

extension Affine: ExactExpression {
  public func number(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    graph.number(self, &work)
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    for position in 0..<termCount {
      let kind = graph.nodes[graph.index(Handle(bits: term(position).bits)!)].kind
      if kind != .gaussian && kind != .known {
        return graph.assumeTotal(of: self, &work).map { Random($0) }
      }
    }
    return Random(graph.assumeNormal(self, Proportional(coefficient: 0), &work))
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if let result = graph.observeGammaSum(value, self, &work) { return result }
    if let result = graph.observeShareSum(value, self, &work) { return result }
    guard work.accepts(graph.hasRule(for: self)) else { return .nan }
    return graph.observeNormal(value, self, Proportional(coefficient: 0), &work)
  }
}

extension DelayedGraph {
  /// Observes a sum of multiples of gamma variables that all have one rate then; nil if it is none.
  ///
  /// The sum is gamma, and the shares of it are Dirichlet and independent of it: they are drawn.
  ///
  /// Source: Johnson, Kotz, Balakrishnan, "Continuous Univariate Distributions" (2nd edition,
  /// 1994), volume 1, section 17.6.
  mutating func observeGammaSum(
    _ value: Double, _ sum: Affine, _ work: inout Workspace
  ) -> Double? {
    guard let (constant, parts) = gammaSum(sum), !parts.isEmpty else { return nil }
    for part in parts { prune(part.index, &work) }
    guard let rate = commonRate(parts) else { return nil }
    let shapes = parts.map { nodes[$0.index].a }
    let total = value - constant
    let law = Gamma(shape: shapes.reduce(0, +), rate: rate)
    let result = law.logDensity(total)
    guard total > 0 && total < .infinity else { return result }
    let shares = parts.count == 1 ? [1] : Dirichlet(shapes).sample(&work.stream)
    for (part, share) in zip(parts, shares) {
      if parts.count > 1 { work.noteForced(nodes[part.index]) }
      setKnown(part.index, share * total / part.coefficient)
      if parts.count == 1 { nodes[part.index].origin = .free }
    }
    return result
  }

  /// Whether a number can be observed of a sum. Continuous variables that would have to be drawn,
  /// with no Gaussian one to make up for it, equal no number.
  func hasRule(for sum: Affine) -> Bool {
    var isDrawn = false
    let sum = sum.normalized()
    for position in 0..<sum.termCount {
      let kind = nodes[index(Handle(bits: sum.term(position).bits)!)].kind
      if kind == .gaussian { return true }
      if kind != .known { isDrawn = true }
    }
    return !isDrawn
  }

  /// A positive multiple of a gamma variable that has no value, or of a share of one.
  typealias GammaTerm = (index: Int, coefficient: Double)

  /// The terms of a sum that have no value, if all are positive multiples of gamma variables, or of
  /// shares, and the sum of the others.
  mutating func gammaSum(
    _ sum: Affine, of kind: Node.Kind = .gamma
  ) -> (constant: Double, parts: [GammaTerm])? {
    var parts: [GammaTerm] = []
    let sum = sum.normalized()
    var constant = sum.constant
    for position in 0..<sum.termCount {
      let term = sum.term(position)
      let index = index(Handle(bits: term.bits)!)
      settle(index)
      if nodes[index].kind == .known {
        constant += term.coefficient * nodes[index].a
      } else if nodes[index].kind == kind && term.coefficient > 0 {
        parts.append((index, term.coefficient))
      } else {
        return nil
      }
    }
    return (constant, parts)
  }

  /// The rate of all terms, if they have one that is a positive number, and it is not the precision
  /// of other variables.
  func commonRate(_ parts: [GammaTerm]) -> Double? {
    let rate = nodes[parts[0].index].b / parts[0].coefficient
    guard rate > 0 && rate.isFinite else { return nil }
    for part in parts {
      let other = nodes[part.index].b / part.coefficient
      if nodes[part.index].block > 0 || abs(other - rate) > 1e-12 * rate { return nil }
    }
    return rate
  }
}
