/// An affine expression Σ aᵢ·xᵢ + c of random variables.
///
/// However an expression is written, equal expressions are equal values: `3 + 0.9 * x`,
/// `x * 0.9 + 3` and `-(x / -2 - 0.4 * x - 3)` cannot be told apart but for rounding. What compares
/// them, and the graph, takes the normal form, with terms in the order of their variables and like
/// terms merged. Until then up to four terms are kept as they are written, without the heap.
@frozen
public struct Affine: Sendable {
  @usableFromInline let sum: ShortAffine
  /// The terms of the normal form, where there are more than four.
  @usableFromInline let spilled: [Term]?

  @usableFromInline typealias Term = ShortAffine.Term

  @inlinable
  @inline(__always)
  init(_ sum: ShortAffine) {
    self.sum = sum
    spilled = nil
  }

  /// A normal form.
  private init(shift: Double, _ terms: [Term]) {
    if terms.count > 4 {
      sum = ShortAffine(shift: shift, count: ShortAffine.spilledCount)
      spilled = terms
      return
    }
    var (handles, coefficients) = (SIMD4<UInt64>.zero, SIMD4<Double>.zero)
    for (index, term) in terms.enumerated() {
      (handles[index], coefficients[index]) = (term.bits, term.coefficient)
    }
    sum = ShortAffine(shift: shift, count: terms.count, handles, coefficients)
    spilled = nil
  }

  /// A number.
  @inlinable
  @inline(__always)
  public init(_ constant: Double) {
    self.init(ShortAffine(shift: constant, count: 0))
  }

  /// A variable; if its value is known, that number.
  @inlinable
  @inline(__always)
  public init(_ variable: Random<Double>) {
    self.init(ShortAffine(1, variable))
  }

  /// Whether all terms are of variables without a known value, each greater than the one before.
  @usableFromInline
  var isNormal: Bool {
    if sum.count == 0 || spilled != nil { return true }
    var last: UInt64 = 0
    for index in 0..<sum.count {
      if sum[index].isKnown || sum.handles[index] <= last { return false }
      last = sum.handles[index]
    }
    return true
  }

  /// The summand without a variable.
  @inlinable
  public var constant: Double { isNormal ? sum.shift : normalized().sum.shift }

  /// The number of different variables, those with coefficient zero included.
  @inlinable
  public var termCount: Int {
    if !isNormal { return normalized().termCount }
    return spilled?.count ?? sum.count
  }

  /// A term of the normal form.
  @inlinable
  func term(_ index: Int) -> Term {
    if !isNormal { return normalized().term(index) }
    return spilled?[index] ?? sum[index]
  }

  /// The normal form: known values are added to the number in the order in which they are written,
  /// and so are the coefficients of a variable.
  @inlinable
  func normalized() -> Affine {
    isNormal ? self : computedNormalForm()
  }

  @usableFromInline
  @inline(never)
  func computedNormalForm() -> Affine {
    var shift = sum.shift
    if sum.count == 1 {
      if !sum[0].isKnown { return Affine(sum) }
      return Affine(shift + sum[0].number)
    }
    var terms: [Term] = []
    terms.reserveCapacity(sum.count)
    for index in 0..<sum.count { Self.add(sum[index], &terms, &shift) }
    return Affine(shift: shift, terms)
  }

  /// Adds a term to those of a normal form.
  private static func add(_ term: Term, _ terms: inout [Term], _ shift: inout Double) {
    if term.isKnown {
      shift += term.number
      return
    }
    var (low, high) = (0, terms.count)
    while low < high {
      let middle = (low + high) / 2
      if terms[middle].bits < term.bits { low = middle + 1 } else { high = middle }
    }
    if low < terms.count && terms[low].bits == term.bits {
      terms[low].coefficient += term.coefficient
    } else {
      terms.insert(term, at: low)
    }
  }

  /// self + factor·other.
  @inlinable
  @inline(__always)
  func adding(_ other: Affine, times factor: Double) -> Affine {
    if sum.count &+ other.sum.count <= 4 { return Affine(sum.adding(other.sum, times: factor)) }
    return addingApart(other, times: factor)
  }

  /// self + factor·variable.
  @inlinable
  @inline(__always)
  func adding(_ variable: Random<Double>, times factor: Double) -> Affine {
    if sum.count < 4 { return Affine(sum.adding(Term(factor, variable), shift: sum.shift)) }
    return addingApart(Affine(ShortAffine(factor, variable)), times: 1)
  }

  @inlinable
  @inline(__always)
  func adding(_ number: Double) -> Affine {
    if sum.count <= 4 { return Affine(sum.shifted(sum.shift + number)) }
    return addingApart(Affine(number), times: 1)
  }

  /// Where not all terms have room as they are written.
  @usableFromInline
  @inline(never)
  func addingApart(_ other: Affine, times factor: Double) -> Affine {
    let (own, other) = (normalized(), other.normalized())
    var shift = own.sum.shift + factor * other.sum.shift
    var terms = (0..<own.termCount).map { own.term($0) }
    for index in 0..<other.termCount { Self.add(other.term(index).times(factor), &terms, &shift) }
    return Affine(shift: shift, terms)
  }

  @inlinable
  @inline(__always)
  func times(_ factor: Double) -> Affine {
    if sum.count <= 4 { return Affine(sum.times(factor)) }
    return mapApart { $0 * factor }
  }

  @inlinable
  @inline(__always)
  func divided(by divisor: Double) -> Affine {
    if sum.count <= 4 { return Affine(sum.divided(by: divisor)) }
    return mapApart { $0 / divisor }
  }

  /// With other coefficients, of more than four terms.
  @usableFromInline
  @inline(never)
  func mapApart(_ change: (Double) -> Double) -> Affine {
    let terms = spilled ?? []
    return Affine(
      shift: change(sum.shift),
      terms.map { Term(bits: $0.bits, coefficient: change($0.coefficient)) })
  }

  mutating func add(_ other: Affine, times factor: Double) {
    self = adding(other, times: factor)
  }

  @inlinable
  mutating func add(_ variable: Random<Double>, times coefficient: Double) {
    self = adding(variable, times: coefficient)
  }
}

extension Affine: Equatable {
  public static func == (left: Affine, right: Affine) -> Bool {
    let (left, right) = (left.normalized(), right.normalized())
    guard left.constant == right.constant, left.termCount == right.termCount else { return false }
    return (0..<left.termCount).allSatisfy {
      let (first, second) = (left.term($0), right.term($0))
      return first.bits == second.bits && first.coefficient == second.coefficient
    }
  }
}
