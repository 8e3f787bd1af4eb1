/// An affine expression Σ aᵢ·xᵢ + c of random variables, in a normal form.
///
/// Terms are kept in the order of their variables and like terms are merged, so however an
/// expression is written, equal expressions are equal values: `3 + 0.9 * x`, `x * 0.9 + 3` and
/// `-(x / -2 - 0.4 * x - 3)` cannot be told apart but for rounding. Up to four terms need no heap.
@frozen
public struct Affine: Sendable {
  /// The summand without a variable.
  public var constant: Double
  /// Handles in increasing order, the first `inlineCount` of them.
  @usableFromInline var handles: SIMD4<UInt64>
  @usableFromInline var coefficients: SIMD4<Double>
  @usableFromInline var inlineCount: Int
  /// All terms, where there are more than four; the inline ones are unused then.
  @usableFromInline var spilled: [Term]?

  @frozen
  @usableFromInline
  struct Term: Sendable {
    @usableFromInline var bits: UInt64
    @usableFromInline var coefficient: Double

    @inlinable
    init(bits: UInt64, coefficient: Double) {
      (self.bits, self.coefficient) = (bits, coefficient)
    }
  }

  /// A number.
  @inlinable
  @inline(__always)
  public init(_ constant: Double) {
    self.constant = constant
    handles = .zero
    coefficients = .zero
    inlineCount = 0
    spilled = nil
  }

  /// A variable; if its value is known, that number.
  @inlinable
  @inline(__always)
  public init(_ variable: Random<Double>) {
    self.init(variable, times: 1)
  }

  @inlinable
  @inline(__always)
  init(_ variable: Random<Double>, times coefficient: Double) {
    self.init(0)
    if variable.handle == nil {
      constant = coefficient * Double(bitPattern: variable.bits)
    } else {
      handles[0] = variable.bits
      coefficients[0] = coefficient
      inlineCount = 1
    }
  }

  /// The number of different variables, those with coefficient zero included.
  @inlinable
  @inline(__always)
  public var termCount: Int { spilled?.count ?? inlineCount }

  @inlinable
  func term(_ index: Int) -> Term {
    if let spilled { return spilled[index] }
    return Term(bits: handles[index], coefficient: coefficients[index])
  }

  /// Adds `coefficient` times the variable of `bits`, which must be a handle.
  @inlinable
  @inline(__always)
  mutating func add(bits: UInt64, coefficient: Double) {
    // Mostly terms come in order; constant lanes keep the vectors in registers.
    if spilled == nil {
      switch inlineCount {
      case 0:
        handles[0] = bits
        coefficients[0] = coefficient
        inlineCount = 1
        return
      case 1 where handles[0] < bits:
        handles[1] = bits
        coefficients[1] = coefficient
        inlineCount = 2
        return
      case 2 where handles[1] < bits:
        handles[2] = bits
        coefficients[2] = coefficient
        inlineCount = 3
        return
      case 3 where handles[2] < bits:
        handles[3] = bits
        coefficients[3] = coefficient
        inlineCount = 4
        return
      default: break
      }
    }
    insert(bits: bits, coefficient: coefficient)
  }

  @usableFromInline
  @inline(never)
  mutating func insert(bits: UInt64, coefficient: Double) {
    if spilled != nil {
      addSpilled(bits: bits, coefficient: coefficient)
      return
    }
    var position = inlineCount
    while position > 0 && handles[position &- 1] >= bits { position &-= 1 }
    if position < inlineCount && handles[position] == bits {
      coefficients[position] += coefficient
      return
    }
    if inlineCount == 4 {
      spilled = (0..<4).map { Term(bits: handles[$0], coefficient: coefficients[$0]) }
      addSpilled(bits: bits, coefficient: coefficient)
      return
    }
    var last = inlineCount
    while last > position {
      handles[last] = handles[last &- 1]
      coefficients[last] = coefficients[last &- 1]
      last &-= 1
    }
    handles[position] = bits
    coefficients[position] = coefficient
    inlineCount &+= 1
  }

  @usableFromInline
  mutating func addSpilled(bits: UInt64, coefficient: Double) {
    guard var terms = spilled else { return }
    spilled = nil
    var (low, high) = (0, terms.count)
    while low < high {
      let middle = (low + high) / 2
      if terms[middle].bits < bits { low = middle + 1 } else { high = middle }
    }
    if low < terms.count && terms[low].bits == bits {
      terms[low].coefficient += coefficient
    } else {
      terms.insert(Term(bits: bits, coefficient: coefficient), at: low)
    }
    spilled = terms
  }

  @inlinable
  @inline(__always)
  mutating func add(_ other: Affine, times factor: Double) {
    constant += factor * other.constant
    if other.spilled == nil {
      let count = other.inlineCount
      if count > 0 { add(bits: other.handles[0], coefficient: factor * other.coefficients[0]) }
      if count > 1 { add(bits: other.handles[1], coefficient: factor * other.coefficients[1]) }
      if count > 2 { add(bits: other.handles[2], coefficient: factor * other.coefficients[2]) }
      if count > 3 { add(bits: other.handles[3], coefficient: factor * other.coefficients[3]) }
      return
    }
    for index in 0..<other.termCount {
      let term = other.term(index)
      add(bits: term.bits, coefficient: factor * term.coefficient)
    }
  }

  @inlinable
  @inline(__always)
  mutating func add(_ variable: Random<Double>, times coefficient: Double) {
    if variable.handle == nil {
      constant += coefficient * Double(bitPattern: variable.bits)
    } else {
      add(bits: variable.bits, coefficient: coefficient)
    }
  }

  @inlinable
  @inline(__always)
  mutating func scale(by factor: Double) {
    constant *= factor
    coefficients *= factor
    if spilled != nil {
      spilled = spilled?.map { Term(bits: $0.bits, coefficient: $0.coefficient * factor) }
    }
  }

  @inlinable
  @inline(__always)
  mutating func divide(by divisor: Double) {
    constant /= divisor
    coefficients /= divisor
    if spilled != nil {
      spilled = spilled?.map { Term(bits: $0.bits, coefficient: $0.coefficient / divisor) }
    }
  }
}

extension Affine: Equatable {
  public static func == (left: Affine, right: Affine) -> Bool {
    guard left.constant == right.constant, left.termCount == right.termCount else { return false }
    return (0..<left.termCount).allSatisfy {
      let (first, second) = (left.term($0), right.term($0))
      return first.bits == second.bits && first.coefficient == second.coefficient
    }
  }
}

/// What can stand for a mean: a number, a random variable, or an affine expression of them.
public protocol AffineConvertible: Sendable {
  /// The same as a normal form.
  var affine: Affine { get }
}

extension Affine: AffineConvertible {
  @inlinable public var affine: Affine { self }
}

extension Random: AffineConvertible where Value == Double {
  @inlinable public var affine: Affine { Affine(self) }
}

extension Double: AffineConvertible {
  @inlinable public var affine: Affine { Affine(self) }
}
