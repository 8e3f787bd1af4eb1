public import Randomness

/// How particles are chosen in proportion to their weights.
///
/// All are unbiased: the expected total weight of a particle's copies is its weight.
///
/// Sources: Douc, Cappé, Moulines, "Comparison of resampling schemes for particle filtering"
/// (2005), for the first four; Gerber, Chopin, Whiteley, "Negative association, ordering and
/// convergence of resampling methods" (Annals of Statistics 2019), section 5, for SSP; Fearnhead,
/// Clifford, "On-line inference for hidden Markov models via particle filters" (JRSS B 2003),
/// section 3.2, for the optimal one.
public enum Resampling: Sendable, Hashable {
  /// Independent draws.
  case multinomial
  /// Whole expected copies for certain, the rest by independent draws.
  case residual
  /// One draw in each of equal strata.
  case stratified
  /// One draw, shifted to each of equal strata.
  case systematic
  /// Whole expected copies for certain, the rest by Srinivasan's pairwise sampling.
  case ssp
  /// Without replacement: each particle is continued in `expansion` ways, and of these the ones
  /// with large weights are kept as they are, the others chosen to have one common weight. The
  /// filter resamples after each step, whatever the effective sample size.
  case optimal(expansion: Int)
}

/// The particles chosen: an index for each, in increasing order, and its weight times their number.
public struct ResampledParticles: Sendable, Equatable {
  public var ancestors: [Int]
  public var weights: [Double]
}

extension Resampling {
  /// Chooses `count` of the particles with the given weights, which need not sum to 1.
  ///
  /// - Precondition: No weight is negative or NaN, their sum is positive and finite.
  public func choose(
    _ count: Int, weights: [Double], _ stream: inout RandomStream
  ) -> ResampledParticles {
    let weights = Self.withoutExtremes(weights)
    if case .optimal = self {
      return Self.threshold(count, weights, Self.total(weights), &stream)
    }
    let copies = copies(count, weights: weights, &stream)
    var ancestors: [Int] = []
    ancestors.reserveCapacity(count)
    for (index, number) in copies.enumerated() {
      for _ in 0..<number { ancestors.append(index) }
    }
    return ResampledParticles(
      ancestors: ancestors, weights: [Double](repeating: 1, count: count))
  }

  /// The weights, divided by the largest where a sum or an inverse could overflow.
  private static func withoutExtremes(_ weights: [Double]) -> [Double] {
    let largest = weights.max() ?? 0
    let isOrdinary = largest > 0x1p-900 && largest < 0x1p900
    return isOrdinary || largest <= 0 ? weights : weights.map { $0 / largest }
  }

  private static func total(_ weights: [Double]) -> Double {
    var total = 0.0
    for weight in weights { total += weight }
    require(total > 0 && total < .infinity, "resampling weights of sum \(total)")
    return total
  }

  /// How often each particle is chosen, by all ways but the optimal one.
  @usableFromInline
  func copies(_ count: Int, weights: [Double], _ stream: inout RandomStream) -> [Int] {
    let total = Self.total(weights)
    var expected: [Double] { weights.map { $0 / total * Double(count) } }
    switch self {
    case .multinomial: return Self.multinomial(count, expected, &stream)
    case .residual:
      return Self.withWholeCopies(count, expected) { rest, fractions in
        Self.multinomial(rest, fractions, &stream)
      }
    case .stratified:
      return Self.comb(count, expected) { _ in stream.uniform() }
    case .systematic:
      return Self.evenComb(count, weights, total, shift: stream.uniform())
    case .ssp:
      return Self.withWholeCopies(count, expected) { rest, fractions in
        Self.pairwise(rest, fractions, &stream)
      }
    case .optimal: fatalError("optimal resampling does not choose numbers of copies")
    }
  }

  /// One point in each of `count` strata of width 1, at `shift` in all of them: the number of
  /// points below the end of each particle's share, without a loop over the points.
  private static func evenComb(
    _ count: Int, _ weights: [Double], _ total: Double, shift: Double
  ) -> [Int] {
    [Int](unsafeUninitializedCapacity: weights.count) { copies, initialized in
      let scale = Double(count) / total
      var (end, given, last) = (0.0, 0, 0)
      for index in 0..<weights.count {
        end += weights[index]
        let points = end * scale - shift
        let whole = Int(points)
        let below = min(max(whole &+ (Double(whole) < points ? 1 : 0), given), count)
        copies[index] = below &- given
        if weights[index] > 0 { last = index }
        given = below
      }
      // Rounding can leave a point behind the last end.
      copies[last] += count - given
      initialized = weights.count
    }
  }

  /// One point in each of `count` strata of width 1, at `shift(stratum)` in it.
  @inline(__always)
  private static func comb(
    _ count: Int, _ expected: [Double], _ shift: (Int) -> Double
  ) -> [Int] {
    var copies = [Int](repeating: 0, count: expected.count)
    var index = 0
    var end = expected.isEmpty ? 0 : expected[0]
    var lastPossible = expected.lastIndex { $0 > 0 } ?? 0
    lastPossible = max(lastPossible, 0)
    for stratum in 0..<count {
      let point = Double(stratum) + shift(stratum)
      while point >= end && index < lastPossible {
        index += 1
        end += expected[index]
      }
      copies[index] += 1
    }
    return copies
  }

  /// Independent draws in proportion to `expected`, from ordered uniforms.
  private static func multinomial(
    _ count: Int, _ expected: [Double], _ stream: inout RandomStream
  ) -> [Int] {
    var cumulated: [Double] = []
    cumulated.reserveCapacity(expected.count)
    var total = 0.0
    for number in expected {
      total += number
      cumulated.append(total)
    }
    var copies = [Int](repeating: 0, count: expected.count)
    let lastPossible = expected.lastIndex { $0 > 0 } ?? 0
    for _ in 0..<count {
      let point = stream.uniform() * total
      var (low, high) = (0, lastPossible)
      while low < high {
        let middle = (low + high) / 2
        if cumulated[middle] > point { high = middle } else { low = middle + 1 }
      }
      copies[low] += 1
    }
    return copies
  }

  private static func withWholeCopies(
    _ count: Int, _ expected: [Double], _ choose: (Int, [Double]) -> [Int]
  ) -> [Int] {
    var copies = expected.map { Int($0) }
    let rest = count - copies.reduce(0, +)
    if rest <= 0 { return copies }
    let fractions = zip(expected, copies).map { $0 - Double($1) }
    for (index, number) in choose(rest, fractions).enumerated() { copies[index] += number }
    return copies
  }

  /// Pairs of fractions are moved until one of them is 0 or 1, keeping both expectations.
  private static func pairwise(
    _ count: Int, _ fractions: [Double], _ stream: inout RandomStream
  ) -> [Int] {
    var copies = [Int](repeating: 0, count: fractions.count)
    var given = 0
    var open = -1
    var rest = 0.0
    for (next, fraction) in fractions.enumerated() where fraction > 0 {
      if open < 0 {
        (open, rest) = (next, fraction)
        continue
      }
      let sum = rest + fraction
      let draw = stream.uniform()
      if sum < 1 {
        if draw * sum >= rest { open = next }
        rest = sum
      } else {
        let isOpenUp = draw * (2 - sum) < 1 - fraction
        copies[isOpenUp ? open : next] = 1
        given += 1
        if isOpenUp { open = next }
        rest = sum - 1
      }
    }
    // What is left is 0 or 1 but for rounding.
    if given < count && open >= 0 && copies[open] == 0 { copies[open] = 1 }
    return copies
  }

  /// Weights above 1/c are kept, the others chosen with probability c·weight for weight 1/c each,
  /// where Σ min(1, c·weight) = count.
  private static func threshold(
    _ count: Int, _ weights: [Double], _ total: Double, _ stream: inout RandomStream
  ) -> ResampledParticles {
    let possible = weights.indices.filter { weights[$0] > 0 }
    let scale = Double(count) / total
    if possible.count <= count {
      return ResampledParticles(
        ancestors: possible, weights: possible.map { weights[$0] * scale })
    }
    let order = possible.sorted { (weights[$0], $1) > (weights[$1], $0) }
    // The weights from each on, summed from the smallest: what is left of a total would be rounding
    // errors where weights are very uneven.
    var rest = [Double](repeating: 0, count: order.count + 1)
    for place in order.indices.reversed() { rest[place] = rest[place + 1] + weights[order[place]] }
    var kept = 0
    while kept < count - 1 && weights[order[kept]] * Double(count - kept) > rest[kept] {
      kept += 1
    }
    let common = rest[kept] / Double(count - kept)
    let isKept = Set(order[..<kept])
    var chosen: [(index: Int, weight: Double)] = []
    var position = stream.uniform()
    for index in possible {
      if isKept.contains(index) {
        chosen.append((index, weights[index] * scale))
        continue
      }
      position += weights[index] / common
      if position >= 1 && chosen.count < count {
        position -= 1
        chosen.append((index, common * scale))
      }
    }
    return ResampledParticles(ancestors: chosen.map(\.index), weights: chosen.map(\.weight))
  }
}
