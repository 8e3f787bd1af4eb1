// A random variable has no number until `value` draws one, and that must be visible. So functions
// and products of variables do not compile; the compiler says what does.

/// What has no number yet: a random variable, or an affine expression of some.
///
/// Not for adoption: it exists so that the compiler can explain what cannot be done with one.
public protocol Unvalued {}

extension Random: Unvalued where Value == Double {}
extension Affine: Unvalued {}

@available(*, unavailable, message: "x has no number yet; to draw it, write exp(p.value(x))")
public func exp(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write log(p.value(x))")
public func log(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write sqrt(p.value(x))")
public func sqrt(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write sin(p.value(x))")
public func sin(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write cos(p.value(x))")
public func cos(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write tan(p.value(x))")
public func tan(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write atan(p.value(x))")
public func atan(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write tanh(p.value(x))")
public func tanh(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write abs(p.value(x))")
public func abs(_ x: some Unvalued) -> Double { fatalError("unavailable") }

@available(*, unavailable, message: "x has no number yet; to draw it, write pow(p.value(x), y)")
public func pow(_ x: some Unvalued, _ y: Double) -> Double { fatalError("unavailable") }

extension Unvalued {
  @available(
    *, unavailable,
    message: "a product of random variables is not affine; give one a number, as in p.value(x) * y"
  )
  public static func * (x: Self, y: some Unvalued) -> Affine { fatalError("unavailable") }

  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) < y"
  )
  public static func < (x: Self, y: some AffineConvertible) -> Bool { fatalError("unavailable") }

  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) > y"
  )
  public static func > (x: Self, y: some AffineConvertible) -> Bool { fatalError("unavailable") }

  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) <= y"
  )
  public static func <= (x: Self, y: some AffineConvertible) -> Bool { fatalError("unavailable") }

  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) >= y"
  )
  public static func >= (x: Self, y: some AffineConvertible) -> Bool { fatalError("unavailable") }
}

extension Random where Value == Int {
  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) < y"
  )
  public static func < (x: Random<Int>, y: Int) -> Bool { fatalError("unavailable") }

  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) > y"
  )
  public static func > (x: Random<Int>, y: Int) -> Bool { fatalError("unavailable") }

  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) <= y"
  )
  public static func <= (x: Random<Int>, y: Int) -> Bool { fatalError("unavailable") }

  @available(
    *, unavailable, message: "x has no number yet; to draw it, write p.value(x) >= y"
  )
  public static func >= (x: Random<Int>, y: Int) -> Bool { fatalError("unavailable") }
}
