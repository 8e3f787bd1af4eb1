/// A jointly Gaussian vector in moment form, one row per scalar variable.
///
/// Rows come and go: a variable that depends affinely on others is appended, an observation is one
/// rank-one update, a dropped variable is a deleted row. All are exact, whatever the shape of the
/// dependence: chains, trees, sums of several parents, fan-out.
///
/// Source: Anderson, Moore, "Optimal Filtering" (1979), chapter 3, for the update with one scalar
/// observation.
@frozen
@usableFromInline
struct GaussianBlock: Sendable {
  @usableFromInline var means: [Double] = []
  /// The lower triangle by rows: (i, j) with i ≥ j is at i(i+1)/2 + j.
  @usableFromInline var covariance: [Double] = []
  /// The node of each row.
  @usableFromInline var owners: [Int32] = []

  /// `coefficient` times the variable of `row`.
  @frozen
  @usableFromInline
  struct Term {
    @usableFromInline var row: Int
    @usableFromInline var coefficient: Double

    @inlinable
    init(row: Int, coefficient: Double) {
      (self.row, self.coefficient) = (row, coefficient)
    }
  }

  typealias Terms = UnsafeMutableBufferPointer<Term>

  @usableFromInline
  init() {}

  var count: Int { means.count }

  @inline(__always)
  static func start(_ row: Int) -> Int { (row &* (row &+ 1)) &>> 1 }

  func variance(_ row: Int) -> Double { covariance[Self.start(row) + row] }

  func covariance(_ first: Int, _ second: Int) -> Double {
    covariance[Self.start(max(first, second)) + min(first, second)]
  }

  /// The mean of Σ coefficient·x.
  func mean(_ terms: Terms) -> Double {
    means.withUnsafeBufferPointer { means in
      var total = 0.0
      for term in terms { total += term.coefficient * means[term.row] }
      return total
    }
  }

  /// Writes the covariance of Σ coefficient·x with every row to `cross`; returns its variance.
  @inline(__always)
  static func cross(
    _ terms: Terms, _ covariance: UnsafePointer<Double>, count: Int,
    into cross: UnsafeMutablePointer<Double>
  ) -> Double {
    for column in 0..<count { cross[column] = 0 }
    for term in terms {
      let (row, coefficient) = (term.row, term.coefficient)
      let across = covariance + start(row)
      for column in 0...row { cross[column] += coefficient * across[column] }
      var below = row &+ 1
      while below < count {
        cross[below] += coefficient * covariance[start(below) &+ row]
        below &+= 1
      }
    }
    var variance = 0.0
    for term in terms { variance += term.coefficient * cross[term.row] }
    return max(variance, 0)
  }

  /// A further variable, Σ coefficient·x + `shift` + noise of variance `noise`.
  mutating func append(_ terms: Terms, shift: Double, noise: Double, owner: Int) {
    let count = count
    let mean = mean(terms) + shift
    withUnsafeTemporaryAllocation(of: Double.self, capacity: count + 1) { cross in
      let base = cross.baseAddress!
      base[count] = noise
      if terms.isEmpty {
        for column in 0..<count { base[column] = 0 }
      } else {
        base[count] += covariance.withUnsafeBufferPointer {
          Self.cross(terms, $0.baseAddress!, count: count, into: base)
        }
      }
      covariance.append(contentsOf: UnsafeBufferPointer(start: base, count: count + 1))
    }
    means.append(mean)
    owners.append(Int32(truncatingIfNeeded: owner))
  }

  /// Conditions on Σ coefficient·x + noise = `choose(mean, variance)`, which is called once, with
  /// the predictive mean and variance. With variance zero there is nothing to learn.
  @inline(__always)
  mutating func condition(
    _ terms: Terms, noise: Double, _ choose: (_ mean: Double, _ variance: Double) -> Double
  ) {
    let count = count
    withUnsafeTemporaryAllocation(of: Double.self, capacity: max(count, 1)) { gains in
      let mean = mean(terms)
      let spread = update(terms, noise: noise) { row, gain in gains[row] = gain }
      let residual = choose(mean, spread) - mean
      if spread == 0 || terms.isEmpty { return }
      means.withUnsafeMutableBufferPointer { means in
        for row in 0..<count { means[row] += gains[row] * residual }
      }
    }
  }

  /// What conditioning does to the covariance: calls `visit` with the gain of each row and returns
  /// the predictive variance. The means, on which none of this depends, are left to the caller.
  @inline(__always)
  mutating func update(
    _ terms: Terms, noise: Double, _ visit: (_ row: Int, _ gain: Double) -> Void
  ) -> Double {
    if terms.isEmpty { return noise }
    let count = count
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { scratch in
      let cross = scratch.baseAddress!
      let gain = cross + count
      return covariance.withUnsafeMutableBufferPointer { covariance in
        let entries = covariance.baseAddress!
        let spread = Self.cross(terms, entries, count: count, into: cross) + noise
        if spread == 0 { return 0 }
        let inverse = 1 / spread
        for row in 0..<count {
          gain[row] = cross[row] * inverse
          visit(row, gain[row])
        }
        Self.downdate(entries, count: count, cross: cross, gain: gain)
        if terms.count == 1 {
          Self.rescale(entries, count: count, terms[0], cross, noise * inverse)
        }
        return spread
      }
    }
  }

  /// covariance −= gain·crossᵀ.
  @inline(__always)
  static func downdate(
    _ entries: UnsafeMutablePointer<Double>, count: Int, cross: UnsafeMutablePointer<Double>,
    gain: UnsafeMutablePointer<Double>
  ) {
    var entry = entries
    for row in 0..<count {
      let factor = gain[row]
      let before = entry[row]
      for column in 0...row { entry[column] -= factor * cross[column] }
      // What is left of a variance after cancellation down to rounding errors is zero.
      if entry[row] < 0x1p-51 * before { entry[row] = 0 }
      entry += row &+ 1
    }
  }

  /// The row of a variable observed by itself, without cancellation: it shrinks by noise/spread.
  @inline(__always)
  static func rescale(
    _ entries: UnsafeMutablePointer<Double>, count: Int, _ term: Term,
    _ cross: UnsafeMutablePointer<Double>, _ factor: Double
  ) {
    // cross = coefficient · old row
    let scale = factor / term.coefficient
    let row = term.row
    let across = entries + start(row)
    for column in 0...row { across[column] = cross[column] * scale }
    var below = row &+ 1
    while below < count {
      entries[start(below) &+ row] = cross[below] * scale
      below &+= 1
    }
  }

  /// Deletes a row; the last one takes its place. Returns the owner of the row moved, if any.
  mutating func remove(_ row: Int) -> Int? {
    let last = count - 1
    let moved = row < last ? Int(owners[last]) : nil
    if row < last {
      means[row] = means[last]
      owners[row] = owners[last]
      covariance.withUnsafeMutableBufferPointer { covariance in
        let (target, source) = (Self.start(row), Self.start(last))
        for column in 0..<row { covariance[target + column] = covariance[source + column] }
        covariance[target + row] = covariance[source + last]
        for other in row + 1..<last {
          covariance[Self.start(other) + row] = covariance[source + other]
        }
      }
    }
    means.removeLast()
    owners.removeLast()
    covariance.removeLast(last + 1)
    return moved
  }

  /// Makes this a copy of `other`, in the memory that is there.
  mutating func assign(_ other: GaussianBlock) {
    copyElements(&means, other.means)
    copyElements(&covariance, other.covariance)
    copyElements(&owners, other.owners)
  }
}

/// Makes `target` equal to `source` without giving up its memory.
func copyElements<Element: BitwiseCopyable>(_ target: inout [Element], _ source: [Element]) {
  if target.count == source.count {
    if source.isEmpty { return }
    target.withUnsafeMutableBufferPointer { target in
      source.withUnsafeBufferPointer { source in
        target.baseAddress!.update(from: source.baseAddress!, count: source.count)
      }
    }
  } else {
    target.removeAll(keepingCapacity: true)
    target.append(contentsOf: source)
  }
}
