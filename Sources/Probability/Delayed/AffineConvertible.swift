/// What can stand for a mean: a number, a random variable, or an affine expression of them.
public protocol AffineConvertible: Sendable {
  /// The same as a normal form.
  var affine: Affine { get }

  /// The same as it is written, in the order in which `compare` takes it; nil for more than four
  /// terms.
  var short: ShortAffine? { get }

  /// The number that this is, or nil if there is a variable in it.
  var meanNumber: Double? { get }

  /// Compares the terms with those that another particle wrote, and returns the number among them.
  func compare(with written: inout WrittenTerms) -> Double

  /// Whether all values of this type are numbers.
  static var isMeanNumber: Bool { get }
}

extension AffineConvertible {
  @inlinable
  @inline(__always)
  public var short: ShortAffine? { affine.short }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? { short?.meanNumber }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    if let short { return short.compare(with: &written) }
    written.difference = .max
    return 0
  }

  @inlinable
  @inline(__always)
  public static var isMeanNumber: Bool { false }
}

extension Affine: AffineConvertible {
  @inlinable public var affine: Affine { normalized() }

  @inlinable
  @inline(__always)
  public var short: ShortAffine? { sum.count <= 4 ? sum : nil }
}

extension Random: AffineConvertible where Value == Double {
  @inlinable public var affine: Affine { Affine(self).normalized() }

  @inlinable
  @inline(__always)
  public var short: ShortAffine? { ShortAffine(1, self) }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? { known }
}

extension Double: AffineConvertible {
  @inlinable public var affine: Affine { Affine(self) }

  @inlinable
  @inline(__always)
  public var short: ShortAffine? { ShortAffine(shift: self, count: 0) }

  @inlinable
  @inline(__always)
  public var meanNumber: Double? { self }

  @inlinable
  @inline(__always)
  public static var isMeanNumber: Bool { true }
}
