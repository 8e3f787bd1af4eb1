/// A number on a tape: what was computed from the coordinates, with the derivatives by its parents.
///
/// Reverse-mode differentiation: one pass back over the tape gives the derivatives of the
/// log-density by all coordinates, at the price of a few evaluations, however many there are.
/// Only valid during the run that made it.
///
/// Source: Griewank, Walther, "Evaluating derivatives" (2008), chapter 3.
@frozen
public struct TapeNumber: RealNumber {
  public let number: Double
  /// The position on the tape; -1 for constants.
  @usableFromInline let index: Int32
  /// Not retained: the context that runs the program owns the tape for as long.
  @usableFromInline unowned(unsafe) let tape: Tape?

  @inlinable
  init(_ number: Double, _ index: Int32, _ tape: Tape?) {
    self.number = number
    self.index = index
    self.tape = tape
  }

  @inlinable
  public init(_ constant: Double) {
    self.init(constant, -1, nil)
  }

  @inlinable
  public init(floatLiteral value: Double) {
    self.init(value)
  }

  @inlinable
  public init(integerLiteral value: Int) {
    self.init(Double(value))
  }

  @inlinable
  public var isConstant: Bool { index < 0 }

  @inlinable
  public static func composed(_ value: Double, _ x: TapeNumber, _ slope: Double) -> TapeNumber {
    guard let tape = x.tape else { return TapeNumber(value) }
    return TapeNumber(value, tape.push(x.index, slope, -1, 0), tape)
  }

  @inlinable
  public static func composed(
    _ value: Double, _ x: TapeNumber, _ xSlope: Double, _ y: TapeNumber, _ ySlope: Double
  ) -> TapeNumber {
    guard let tape = x.tape ?? y.tape else { return TapeNumber(value) }
    return TapeNumber(value, tape.push(x.index, xSlope, y.index, ySlope), tape)
  }

  @inlinable
  public static func + (left: TapeNumber, right: TapeNumber) -> TapeNumber {
    composed(left.number + right.number, left, 1, right, 1)
  }

  @inlinable
  public static func - (left: TapeNumber, right: TapeNumber) -> TapeNumber {
    composed(left.number - right.number, left, 1, right, -1)
  }

  @inlinable
  public static func * (left: TapeNumber, right: TapeNumber) -> TapeNumber {
    composed(left.number * right.number, left, right.number, right, left.number)
  }

  @inlinable
  public static func / (left: TapeNumber, right: TapeNumber) -> TapeNumber {
    let value = left.number / right.number
    return composed(value, left, 1 / right.number, right, -value / right.number)
  }

  @inlinable
  public static prefix func - (x: TapeNumber) -> TapeNumber {
    composed(-x.number, x, -1)
  }
}

/// The record of a computation, in order.
@usableFromInline
final class Tape {
  /// A number computed from at most two others, with the derivatives by them.
  @frozen
  @usableFromInline
  struct Entry: BitwiseCopyable {
    @usableFromInline var first: Int32
    @usableFromInline var second: Int32
    @usableFromInline var firstSlope: Double
    @usableFromInline var secondSlope: Double

    @inlinable
    init(first: Int32, second: Int32, firstSlope: Double, secondSlope: Double) {
      self.first = first
      self.second = second
      self.firstSlope = firstSlope
      self.secondSlope = secondSlope
    }
  }

  // One run at a time writes here, one number after the other.
  @exclusivity(unchecked) @usableFromInline var entries: UnsafeMutablePointer<Entry>
  @exclusivity(unchecked) @usableFromInline var count = 0
  @exclusivity(unchecked) @usableFromInline var capacity = 256
  @usableFromInline var adjoints: [Double] = []

  @usableFromInline
  init() {
    entries = .allocate(capacity: capacity)
  }

  deinit {
    entries.deallocate()
  }

  @inlinable
  func push(_ first: Int32, _ firstSlope: Double, _ second: Int32, _ secondSlope: Double) -> Int32 {
    if count == capacity { grow() }
    entries[count] = Entry(
      first: first, second: second, firstSlope: firstSlope, secondSlope: secondSlope)
    count &+= 1
    return Int32(truncatingIfNeeded: count &- 1)
  }

  @usableFromInline
  func grow() {
    precondition(capacity < 1 << 30, "a program of more than 2^30 operations cannot be taped")
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
    larger.initialize(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity *= 2
  }

  /// The derivatives of the sum of the numbers at `ends` by the first `gradient.count` numbers.
  @usableFromInline
  func differentiate(_ ends: [Int32], into gradient: inout [Double]) {
    adjoints.removeAll(keepingCapacity: true)
    adjoints.append(contentsOf: repeatElement(0, count: count))
    adjoints.withUnsafeMutableBufferPointer { adjoints in
      for end in ends where end >= 0 { adjoints[Int(end)] += 1 }
      var index = count - 1
      while index >= gradient.count {
        let adjoint = adjoints[index]
        let entry = entries[index]
        // A zero must not meet an infinite slope.
        if adjoint != 0 {
          if entry.first >= 0 { adjoints[Int(entry.first)] += adjoint * entry.firstSlope }
          if entry.second >= 0 { adjoints[Int(entry.second)] += adjoint * entry.secondSlope }
        }
        index -= 1
      }
      for index in gradient.indices { gradient[index] = adjoints[index] }
    }
  }
}
