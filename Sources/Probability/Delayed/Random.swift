/// A value that a random variable can have.
///
/// A scalar fits into a handle by itself; a vector lives in the particle's graph.
public protocol RandomValue: Sendable {
  /// The value in 64 bits, or nil where it does not fit into a handle.
  static func bits(of value: Self) -> UInt64?
  /// The value of bits that `bits(of:)` gave.
  static func value(ofBits bits: UInt64) -> Self
  /// The value as a node of the graph has it; nil if it takes several.
  static func value(ofNumber number: Double) -> Self?
  /// The value that several nodes of the graph have.
  static func value(ofNumbers numbers: [Double]) -> Self
  /// The value as a number; NaN for a vector.
  static func number(of value: Self) -> Double
  /// The inverse of `value(ofNumbers:)`.
  static func numbers(of value: Self) -> [Double]
}

extension RandomValue {
  @inlinable
  public static func value(ofNumbers numbers: [Double]) -> Self {
    fatalError("a scalar of \(numbers.count) numbers")
  }

  @inlinable
  public static func numbers(of value: Self) -> [Double] {
    fatalError("a scalar is kept in its handle")
  }
}

/// A random variable of a probabilistic program: eight bytes, copied freely.
///
/// Either a handle of a variable in the particle's delayed graph, or, where the value is known, the
/// value itself. It takes part in affine expressions (`3 + 0.9 * x`, `dot(b, x)`) and in the
/// parameters of distributions. Anything else needs a number, and getting one is a visible call:
/// `p.value(x)`.
@frozen
public struct Random<Value: RandomValue>: Hashable, Sendable {
  @usableFromInline let bits: UInt64

  @inlinable
  init(bits: UInt64) {
    self.bits = bits
  }

  /// A variable that nothing was assumed of yet; using it is a programming error.
  @inlinable
  public init() {
    bits = Handle.unassigned.bits
  }

  /// A variable known to be `value`, which must be a scalar.
  @inlinable
  public init(_ value: Value) {
    guard let bits = Value.bits(of: value) else {
      fatalError("Random(\(value)): a vector is assumed or stored, not wrapped")
    }
    self.bits = bits
  }

  @inlinable
  init(_ handle: Handle) {
    bits = handle.bits
  }

  /// The variable in the graph, or nil if this is a known value.
  @inlinable
  var handle: Handle? {
    Handle(bits: bits)
  }

  /// The value, if this is a known value and not a variable of a graph.
  @inlinable
  public var known: Value? {
    Handle(bits: bits) == nil ? Value.value(ofBits: bits) : nil
  }
}

extension Random where Value == [Double] {
  /// The number of components.
  @inlinable
  public var count: Int {
    guard let handle else { return 0 }
    return handle.count
  }

  /// One component, itself a random variable.
  @inlinable
  public subscript(_ index: Int) -> Random<Double> {
    guard let handle else { fatalError("a component of a vector that was not assumed") }
    require(index >= 0 && index < handle.count, "component \(index) of \(handle.count)")
    return Random<Double>(handle.component(index))
  }
}

/// A node of a particle's graph: a quiet NaN that arithmetic does not produce, with a payload.
///
/// From the top: 16 bits of tag, 16 of serial number, 12 of component count, 20 of node index. The
/// serial number tells a handle whose variable was eliminated from its successor in the same place.
@frozen
@usableFromInline
struct Handle: Equatable, Sendable {
  @usableFromInline let bits: UInt64

  @usableFromInline static let tag: UInt64 = 0xFFFC
  @usableFromInline static let maximumIndex = 1 << 20 - 1
  @usableFromInline static let maximumCount = 1 << 12 - 1
  @usableFromInline static var unassigned: Handle {
    Handle(index: maximumIndex, count: 0, serial: 0)
  }

  /// The handle of no variable, which no variable has either.
  @inlinable static var none: Handle { Handle(index: maximumIndex, count: 1, serial: 0) }

  @inlinable
  init?(bits: UInt64) {
    guard bits &>> 48 == Self.tag else { return nil }
    self.bits = bits
  }

  @inlinable
  init(index: Int, count: Int, serial: UInt16) {
    bits = Self.tag &<< 48 | UInt64(serial) &<< 32 | UInt64(count) &<< 20 | UInt64(index)
  }

  @inlinable var index: Int { Int(bits & 0xF_FFFF) }
  @inlinable var count: Int { Int(bits &>> 20 & 0xFFF) }
  @inlinable var serial: UInt16 { UInt16(truncatingIfNeeded: bits &>> 32) }

  /// Components are consecutive nodes of one serial number.
  @inlinable
  func component(_ offset: Int) -> Handle {
    Handle(index: index &+ offset, count: 1, serial: serial)
  }
}

/// The value of a random variable that has a mean and a variance: a number, or 1 for true.
public protocol RandomNumber: RandomValue {}

extension Double: RandomNumber {
  @inlinable
  public static func bits(of value: Double) -> UInt64? {
    // Also with a NaN as the only one that is not equal to itself.
    value == value ? value.bitPattern : Double.nan.bitPattern
  }

  @inlinable
  public static func value(ofBits bits: UInt64) -> Double { Double(bitPattern: bits) }

  @inlinable
  public static func value(ofNumber number: Double) -> Double? { number }

  @inlinable
  public static func number(of value: Double) -> Double { value }
}

extension Int: RandomNumber {
  /// - Precondition: The value is not in -2^50 ..< -3 * 2^48, whose bits look like a handle.
  @inlinable
  public static func bits(of value: Int) -> UInt64? {
    let bits = UInt64(bitPattern: Int64(value))
    require(bits &>> 48 != Handle.tag, "the random integer \(value) is not in -2^50 ..< -3 * 2^48")
    return bits
  }

  @inlinable
  public static func value(ofBits bits: UInt64) -> Int { Int(Int64(bitPattern: bits)) }

  @inlinable
  public static func value(ofNumber number: Double) -> Int? { Int(saturating: number) }

  @inlinable
  public static func number(of value: Int) -> Double { Double(value) }
}

extension Bool: RandomNumber {
  @inlinable
  public static func bits(of value: Bool) -> UInt64? { value ? 1 : 0 }

  @inlinable
  public static func value(ofBits bits: UInt64) -> Bool { bits != 0 }

  @inlinable
  public static func value(ofNumber number: Double) -> Bool? { number != 0 }

  @inlinable
  public static func number(of value: Bool) -> Double { value ? 1 : 0 }
}

/// A component of a vector-valued random variable.
public protocol RandomVectorElement: Sendable {
  init(number: Double)
  var number: Double { get }
}

extension Double: RandomVectorElement {
  @inlinable public init(number: Double) { self = number }
  @inlinable public var number: Double { self }
}

extension Int: RandomVectorElement {
  @inlinable public init(number: Double) { self = Int(saturating: number) }
  @inlinable public var number: Double { Double(self) }
}

extension Array: RandomValue where Element: RandomVectorElement {
  @inlinable
  public static func bits(of value: [Element]) -> UInt64? { nil }

  @inlinable
  public static func value(ofBits bits: UInt64) -> [Element] {
    fatalError("a vector does not fit into a handle")
  }

  @inlinable
  public static func value(ofNumber number: Double) -> [Element]? { nil }

  @inlinable
  public static func number(of value: [Element]) -> Double { .nan }

  @inlinable
  public static func value(ofNumbers numbers: [Double]) -> [Element] {
    numbers.map { Element(number: $0) }
  }

  @inlinable
  public static func numbers(of value: [Element]) -> [Double] { value.map(\.number) }
}
