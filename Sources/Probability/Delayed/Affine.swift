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
  public init(_ constant: Double) {
    self.constant = constant
    handles = .zero
    coefficients = .zero
    inlineCount = 0
    spilled = nil
  }

  /// A variable; if its value is known, that number.
  @inlinable
  public init(_ variable: Random<Double>) {
    self.init(variable, times: 1)
  }

  @inlinable
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
  public var termCount: Int { spilled?.count ?? inlineCount }

  @inlinable
  func term(_ index: Int) -> Term {
    if let spilled { return spilled[index] }
    return Term(bits: handles[index], coefficient: coefficients[index])
  }

  /// Adds `coefficient` times the variable of `bits`, which must be a handle.
  @inlinable
  mutating func add(bits: UInt64, coefficient: Double) {
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
  mutating func add(_ other: Affine, times factor: Double) {
    constant += factor * other.constant
    for index in 0..<other.termCount {
      let term = other.term(index)
      add(bits: term.bits, coefficient: factor * term.coefficient)
    }
  }

  @inlinable
  mutating func add(_ variable: Random<Double>, times coefficient: Double) {
    if variable.handle == nil {
      constant += coefficient * Double(bitPattern: variable.bits)
    } else {
      add(bits: variable.bits, coefficient: coefficient)
    }
  }

  @inlinable
  mutating func scale(by factor: Double) {
    constant *= factor
    coefficients *= factor
    if spilled != nil {
      spilled = spilled?.map { Term(bits: $0.bits, coefficient: $0.coefficient * factor) }
    }
  }

  @inlinable
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

  /// The number that this is, or nil if there is a variable in it.
  var meanNumber: Double? { get }

  /// Compares the terms with those that another particle wrote, and returns the constant.
  func compare(with written: inout WrittenTerms) -> Double

  /// Appends the terms in the order in which `compare` takes them.
  func write(to written: inout [WrittenTerm])
}

extension AffineConvertible {
  @inlinable
  @inline(__always)
  public var meanNumber: Double? {
    let affine = affine
    return affine.termCount == 0 ? affine.constant : nil
  }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    let affine = affine
    let count = affine.termCount
    written.difference |= UInt64(bitPattern: Int64(written.count &- count))
    if written.difference == 0 {
      for index in 0..<count {
        let term = affine.term(index)
        written.compare(index, term.bits, term.coefficient)
      }
    }
    return affine.constant
  }

  @inlinable
  public func write(to written: inout [WrittenTerm]) {
    let affine = affine
    for index in 0..<affine.termCount {
      let term = affine.term(index)
      written.append(WrittenTerm(bits: term.bits, coefficient: term.coefficient))
    }
  }
}

extension Affine: AffineConvertible {
  @inlinable public var affine: Affine { self }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? { spilled == nil && inlineCount == 0 ? constant : nil }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    if spilled != nil { return compareSpilled(with: &written) }
    let count = inlineCount
    written.difference |= UInt64(bitPattern: Int64(written.count &- count))
    if written.difference == 0 {
      if count > 0 { written.compare(0, handles[0], coefficients[0]) }
      if count > 1 { written.compare(1, handles[1], coefficients[1]) }
      if count > 2 { written.compare(2, handles[2], coefficients[2]) }
      if count > 3 { written.compare(3, handles[3], coefficients[3]) }
    }
    return constant
  }

  /// Means of many terms are not shared.
  @usableFromInline
  func compareSpilled(with written: inout WrittenTerms) -> Double {
    written.difference = .max
    return constant
  }
}

extension Random: AffineConvertible where Value == Double {
  @inlinable public var affine: Affine { Affine(self) }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? { known }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    ShortAffine(1, self).compare(with: &written)
  }

  @inlinable
  public func write(to written: inout [WrittenTerm]) {
    ShortAffine(1, self).write(to: &written)
  }
}

extension Double: AffineConvertible {
  @inlinable public var affine: Affine { Affine(self) }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? { self }
}
