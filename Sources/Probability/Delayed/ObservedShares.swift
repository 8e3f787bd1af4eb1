import Glibc

// What is observed of the shares of a total that has a value.
//
// Sources: Johnson, Kotz, Balakrishnan, "Discrete Multivariate Distributions" (1997), chapter 35,
// for counts: of a multinomial one cell is split in two, and one of these observed. Kotz,
// Balakrishnan, Johnson, "Continuous Multivariate Distributions" (2nd edition, 2000), volume 1,
// chapter 49, for gamma numbers: sums of the parts of a Dirichlet are beta, and the parts of a sum
// are Dirichlet and independent of it and of the others.

extension DelayedGraph {
  /// The share that a variable is, if what is thinned of it has a closed form; its total is drawn.
  mutating func thinnableShare(_ variable: Random<Int>, _ work: inout Workspace) -> Int? {
    guard let handle = variable.handle else { return nil }
    let index = index(handle)
    guard nodes[index].kind == .countShare && nodes[index].offset == 0 else { return nil }
    realize(Int(nodes[index].parent), &work)
    return nodes[index].kind == .countShare ? index : nil
  }

  /// x of a share's individuals remain, each with the given probability. The others, and all other
  /// shares, are multinomial again.
  mutating func absorbThinnedShare(
    _ x: Double, probability p: Double, into share: Int
  ) -> Double {
    let node = nodes[share]
    let total = Int(node.parent)
    let remaining = node.b > 0 ? min(node.a / node.b * p, 1) : 0
    let law = Binomial(count: Self.count(nodes[total].a, above: node), probability: remaining)
    let result = law.logDensity(Int(saturating: x))
    if result == -.infinity { return result }
    let shares = shares(of: total)
    let rest = rest(of: shares)
    nodes[share].a *= 1 - p
    nodes[share].offset = x
    let whole = shares.reduce(rest) { $0 + nodes[$1].a }
    for other in shares {
      nodes[other].b = whole
      nodes[other].link += x
    }
    return result
  }

  /// The total, and what the sum is more than it, if that is of all shares of one count.
  func total(of sum: SumParts) -> IntegerSum? {
    guard let first = sum.parts.first, nodes[first.index].kind == .countShare else { return nil }
    let total = Int(nodes[first.index].parent)
    let shares = shares(of: total)
    let isWhole = sum.parts.allSatisfy { $0.coefficient == 1 && shares.contains($0.index) }
    guard isWhole && sum.parts.count == shares.count && rest(of: shares) == 0 else { return nil }
    let more = shares.reduce(-nodes[first.index].link) { $0 + nodes[$1].offset }
    let handle = Handle(index: total, count: 1, serial: nodes[total].serial)
    return IntegerSum(Random<Int>(handle)) + (sum.constant + Int(more))
  }

  /// Observes a multiple of the sum of some or all shares of a gamma total; nil for anything else.
  ///
  /// All of them are the total. Some are a part of it, which has a value then: they are shares of
  /// what was observed from then on, and the others of what remains.
  mutating func observeShareSum(
    _ value: Double, _ sum: Affine, _ work: inout Workspace
  ) -> Double? {
    guard let (constant, parts) = gammaSum(sum, of: .gammaShare), !parts.isEmpty else {
      return nil
    }
    let total = Int(nodes[parts[0].index].parent)
    let factor = parts[0].coefficient / nodes[parts[0].index].link
    for part in parts {
      let other = part.coefficient / nodes[part.index].link
      guard Int(nodes[part.index].parent) == total, abs(other - factor) <= 1e-12 * factor,
        other.isFinite
      else { return nil }
    }
    let members = parts.map(\.index)
    let shares = shares(of: total)
    let others = shares.filter { !members.contains($0) }
    let rest = rest(of: shares)
    if others.isEmpty && rest == 0 {
      let handle = Handle(index: total, count: 1, serial: nodes[total].serial)
      let whole = factor * Affine(Random<Double>(handle)) + constant
      return whole.observe(value, &self, &work)
    }
    realize(total, &work)
    let (part, whole) = ((value - constant) / factor, nodes[total].a)
    let weight = members.reduce(0) { $0 + nodes[$1].a }
    let law = Beta(weight, others.reduce(rest) { $0 + nodes[$1].a })
    let result = law.logDensity(part / whole) - log(factor * whole)
    guard part > 0 && part < whole else { return result }
    share(part, among: members, rest: 0)
    share(whole - part, among: others, rest: rest)
    return result
  }

  /// Makes variables the shares of a number.
  private mutating func share(_ value: Double, among shares: [Int], rest: Double) {
    if shares.isEmpty { return }
    if shares.count == 1 && rest == 0 {
      setGiven(shares[0], value / nodes[shares[0]].link)
      nodes[shares[0]].parent = -1
      return
    }
    var node = Node()
    node.kind = .known
    node.a = value
    let total = allocate(node).index
    let whole = shares.reduce(rest) { $0 + nodes[$1].a }
    for share in shares {
      nodes[share].parent = Int32(truncatingIfNeeded: total)
      nodes[share].b = whole
    }
  }
}
