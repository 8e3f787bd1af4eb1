/// A sum of up to four multiples of variables and a constant, as it is written:
/// `ShortAffine(0.9, x, -0.3, y, plus: 1)` is `0.9 * x - 0.3 * y + 1`, to the bit.
@frozen
public struct ShortAffine: Sendable, BitwiseCopyable {
  /// The summand that was written as a number.
  @usableFromInline let shift: Double
  /// The number of terms; `spilledCount` in an `Affine` that has them elsewhere.
  @usableFromInline let count: Int
  // Vectors, as the compiler takes apart only values of few fields.
  @usableFromInline let handles: SIMD4<UInt64>
  @usableFromInline let coefficients: SIMD4<Double>

  @inlinable static var spilledCount: Int { 5 }

  /// A multiple of a variable, whose value can be known.
  @frozen
  @usableFromInline
  struct Term: Sendable, BitwiseCopyable {
    @usableFromInline var bits: UInt64
    @usableFromInline var coefficient: Double

    @inlinable
    @inline(__always)
    init(bits: UInt64, coefficient: Double) {
      (self.bits, self.coefficient) = (bits, coefficient)
    }

    @inlinable
    @inline(__always)
    init(_ coefficient: Double, _ variable: Random<Double>) {
      self.init(bits: variable.bits, coefficient: coefficient)
    }

    @inlinable
    @inline(__always)
    func times(_ factor: Double) -> Term {
      Term(bits: bits, coefficient: factor * coefficient)
    }

    @inlinable
    @inline(__always)
    var isKnown: Bool { Handle(bits: bits) == nil }

    /// The number that this is, if the variable's value is known.
    @inlinable
    @inline(__always)
    var number: Double { coefficient * Double(bitPattern: bits) }
  }

  @inlinable
  @inline(__always)
  init(
    shift: Double, count: Int, _ handles: SIMD4<UInt64> = .zero,
    _ coefficients: SIMD4<Double> = .zero
  ) {
    (self.shift, self.count) = (shift, count)
    (self.handles, self.coefficients) = (handles, coefficients)
  }

  /// a·x + constant.
  @inlinable
  @inline(__always)
  public init(_ a: Double, _ x: Random<Double>, plus constant: Double = 0) {
    self.init(
      shift: constant, count: 1, SIMD4(x.bits, 0, 0, 0), SIMD4(a, 0, 0, 0))
  }

  /// a·x + b·y + constant.
  @inlinable
  @inline(__always)
  public init(
    _ a: Double, _ x: Random<Double>, _ b: Double, _ y: Random<Double>, plus constant: Double = 0
  ) {
    self.init(
      shift: constant, count: 2, SIMD4(x.bits, y.bits, 0, 0), SIMD4(a, b, 0, 0))
  }

  /// a·x + b·y + c·z + constant.
  @inlinable
  @inline(__always)
  public init(
    _ a: Double, _ x: Random<Double>, _ b: Double, _ y: Random<Double>, _ c: Double,
    _ z: Random<Double>, plus constant: Double = 0
  ) {
    self.init(
      shift: constant, count: 3, SIMD4(x.bits, y.bits, z.bits, 0), SIMD4(a, b, c, 0))
  }

  /// a·x + b·y + c·z + d·w + constant.
  @inlinable
  @inline(__always)
  public init(
    _ a: Double, _ x: Random<Double>, _ b: Double, _ y: Random<Double>, _ c: Double,
    _ z: Random<Double>, _ d: Double, _ w: Random<Double>, plus constant: Double = 0
  ) {
    self.init(
      shift: constant, count: 4, SIMD4(x.bits, y.bits, z.bits, w.bits), SIMD4(a, b, c, d))
  }

  @inlinable
  @inline(__always)
  subscript(_ index: Int) -> Term {
    Term(bits: handles[index], coefficient: coefficients[index])
  }

  /// With one more term, for which there must be room, and another shift.
  @inlinable
  @inline(__always)
  func adding(_ term: Term, shift: Double) -> ShortAffine {
    var (handles, coefficients) = (handles, coefficients)
    // Numbers for indices: the vectors need not go through memory.
    switch count {
    case 0: (handles[0], coefficients[0]) = (term.bits, term.coefficient)
    case 1: (handles[1], coefficients[1]) = (term.bits, term.coefficient)
    case 2: (handles[2], coefficients[2]) = (term.bits, term.coefficient)
    default: (handles[3], coefficients[3]) = (term.bits, term.coefficient)
    }
    return ShortAffine(shift: shift, count: count &+ 1, handles, coefficients)
  }

  /// self + factor·other, for whose terms there must be room.
  @inlinable
  @inline(__always)
  func adding(_ other: ShortAffine, times factor: Double) -> ShortAffine {
    let shift = shift + factor * other.shift
    let zero = ShortAffine(shift: shift, count: count, handles, coefficients)
    let one = other.count > 0 ? zero.adding(other[0].times(factor), shift: shift) : zero
    let two = other.count > 1 ? one.adding(other[1].times(factor), shift: shift) : one
    let three = other.count > 2 ? two.adding(other[2].times(factor), shift: shift) : two
    return other.count > 3 ? three.adding(other[3].times(factor), shift: shift) : three
  }

  @inlinable
  @inline(__always)
  func shifted(_ shift: Double) -> ShortAffine {
    ShortAffine(shift: shift, count: count, handles, coefficients)
  }

  @inlinable
  @inline(__always)
  func times(_ factor: Double) -> ShortAffine {
    ShortAffine(shift: shift * factor, count: count, handles, coefficients * factor)
  }

  @inlinable
  @inline(__always)
  func divided(by divisor: Double) -> ShortAffine {
    ShortAffine(shift: shift / divisor, count: count, handles, coefficients / divisor)
  }
}

extension ShortAffine: AffineConvertible {
  @inlinable public var affine: Affine { Affine(self).normalized() }

  @inlinable
  @inline(__always)
  public var short: ShortAffine? { self }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? {
    var total = shift
    if count > 0 {
      if !self[0].isKnown { return nil }
      total += self[0].number
    }
    if count > 1 {
      if !self[1].isKnown { return nil }
      total += self[1].number
    }
    if count > 2 {
      if !self[2].isKnown { return nil }
      total += self[2].number
    }
    if count > 3 {
      if !self[3].isKnown { return nil }
      total += self[3].number
    }
    return total
  }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    written.compare(count: count)
    if count > 0 { written.compare(0, self[0]) }
    if count > 1 { written.compare(1, self[1]) }
    if count > 2 { written.compare(2, self[2]) }
    if count > 3 { written.compare(3, self[3]) }
    return shift
  }
}
