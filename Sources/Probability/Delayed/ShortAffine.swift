/// A sum of up to four multiples of variables and a constant, as it is written.
///
/// The same as the `Affine` that operators give, `ShortAffine(0.9, x, -0.3, y, plus: 1)` being
/// `0.9 * x - 0.3 * y + 1`, and what is computed with it has the same bits. It is for the innermost
/// lines of a filter: it has no normal form until one is needed, and needs none where a particle
/// makes the call that another one made before.
@frozen
public struct ShortAffine: Sendable {
  @usableFromInline var constant: Double
  @usableFromInline let count: Int
  @usableFromInline let first: Term
  @usableFromInline let second: Term
  @usableFromInline let third: Term
  @usableFromInline let fourth: Term

  @frozen
  @usableFromInline
  struct Term: Sendable, BitwiseCopyable {
    /// A handle, or 0 for a variable whose value is known.
    @usableFromInline let bits: UInt64
    @usableFromInline let coefficient: Double

    @inlinable
    @inline(__always)
    init(bits: UInt64, coefficient: Double) {
      (self.bits, self.coefficient) = (bits, coefficient)
    }

    @inlinable
    @inline(__always)
    init() { self.init(bits: 0, coefficient: 0) }

    @inlinable
    @inline(__always)
    init(_ coefficient: Double, _ variable: Random<Double>, _ constant: inout Double) {
      if variable.handle == nil {
        constant += coefficient * Double(bitPattern: variable.bits)
        self.init()
      } else {
        self.init(bits: variable.bits, coefficient: coefficient)
      }
    }
  }

  /// a·x + constant.
  @inlinable
  @inline(__always)
  public init(_ a: Double, _ x: Random<Double>, plus constant: Double = 0) {
    var constant = constant
    first = Term(a, x, &constant)
    (second, third, fourth) = (Term(), Term(), Term())
    count = 1
    self.constant = constant
  }

  /// a·x + b·y + constant.
  @inlinable
  @inline(__always)
  public init(
    _ a: Double, _ x: Random<Double>, _ b: Double, _ y: Random<Double>, plus constant: Double = 0
  ) {
    var constant = constant
    first = Term(a, x, &constant)
    second = Term(b, y, &constant)
    (third, fourth) = (Term(), Term())
    count = 2
    self.constant = constant
  }

  /// a·x + b·y + c·z + constant.
  @inlinable
  @inline(__always)
  public init(
    _ a: Double, _ x: Random<Double>, _ b: Double, _ y: Random<Double>, _ c: Double,
    _ z: Random<Double>, plus constant: Double = 0
  ) {
    var constant = constant
    first = Term(a, x, &constant)
    second = Term(b, y, &constant)
    third = Term(c, z, &constant)
    fourth = Term()
    count = 3
    self.constant = constant
  }

  /// a·x + b·y + c·z + d·w + constant.
  @inlinable
  @inline(__always)
  public init(
    _ a: Double, _ x: Random<Double>, _ b: Double, _ y: Random<Double>, _ c: Double,
    _ z: Random<Double>, _ d: Double, _ w: Random<Double>, plus constant: Double = 0
  ) {
    var constant = constant
    first = Term(a, x, &constant)
    second = Term(b, y, &constant)
    third = Term(c, z, &constant)
    fourth = Term(d, w, &constant)
    count = 4
    self.constant = constant
  }

  @inlinable
  @inline(__always)
  func term(_ index: Int) -> Term {
    switch index {
    case 0: first
    case 1: second
    case 2: third
    default: fourth
    }
  }
}

extension ShortAffine: AffineConvertible {
  @inlinable
  public var affine: Affine {
    var result = Affine(constant)
    for index in 0..<count where term(index).bits != 0 {
      result.add(bits: term(index).bits, coefficient: term(index).coefficient)
    }
    return result
  }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? {
    first.bits | second.bits | third.bits | fourth.bits == 0 ? constant : nil
  }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    written.difference |= UInt64(bitPattern: Int64(written.count &- count))
    if written.difference == 0 {
      written.compare(0, first.bits, first.coefficient)
      if count > 1 { written.compare(1, second.bits, second.coefficient) }
      if count > 2 { written.compare(2, third.bits, third.coefficient) }
      if count > 3 { written.compare(3, fourth.bits, fourth.coefficient) }
    }
    return constant
  }

  @inlinable
  public func write(to written: inout [WrittenTerm]) {
    for index in 0..<count {
      written.append(WrittenTerm(bits: term(index).bits, coefficient: term(index).coefficient))
    }
  }
}

/// A term of an expression in the order in which the program wrote it.
@frozen
public struct WrittenTerm: Sendable, BitwiseCopyable {
  @usableFromInline var bits: UInt64
  @usableFromInline var coefficient: UInt64

  @inlinable
  init(bits: UInt64, coefficient: Double) {
    (self.bits, self.coefficient) = (bits, coefficient.bitPattern)
  }
}

/// The terms that another particle wrote in the same place, and how one's own differ from them.
@frozen
public struct WrittenTerms {
  @usableFromInline let terms: UnsafeMutablePointer<WrittenTerm>
  @usableFromInline let count: Int
  /// Zero as long as all is the same.
  @usableFromInline var difference: UInt64

  @inlinable
  @inline(__always)
  init(_ terms: UnsafeMutablePointer<WrittenTerm>, count: Int, difference: UInt64) {
    self.terms = terms
    self.count = count
    self.difference = difference
  }

  /// Compares a term with number `index`, which must exist.
  @inlinable
  @inline(__always)
  mutating func compare(_ index: Int, _ bits: UInt64, _ coefficient: Double) {
    difference |=
      (bits ^ terms[index].bits) | (coefficient.bitPattern ^ terms[index].coefficient)
  }
}
