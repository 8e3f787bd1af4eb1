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
  /// Who runs the program owns the tape for as long.
  @usableFromInline let tape: UnsafeMutablePointer<TapeRecord>?

  @inlinable
  init(_ number: Double, _ index: Int32, _ tape: UnsafeMutablePointer<TapeRecord>?) {
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
    return TapeNumber(value, tape.pointee.push(x.index, slope, -1, 0), tape)
  }

  @inlinable
  public static func composed(
    _ value: Double, _ x: TapeNumber, _ xSlope: Double, _ y: TapeNumber, _ ySlope: Double
  ) -> TapeNumber {
    guard let tape = x.tape ?? y.tape else { return TapeNumber(value) }
    return TapeNumber(value, tape.pointee.push(x.index, xSlope, y.index, ySlope), tape)
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

/// The record of a computation, in order: a struct behind a pointer, so that numbers cost no
/// reference counting.
@frozen
@usableFromInline
struct TapeRecord {
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

  @usableFromInline var entries: UnsafeMutablePointer<Entry>
  @usableFromInline var count = 0
  @usableFromInline var capacity = 256

  init() {
    entries = .allocate(capacity: capacity)
  }

  @inlinable
  mutating func push(
    _ first: Int32, _ firstSlope: Double, _ second: Int32, _ secondSlope: Double
  ) -> Int32 {
    if count == capacity { grow() }
    entries[count] = Entry(
      first: first, second: second, firstSlope: firstSlope, secondSlope: secondSlope)
    count &+= 1
    return Int32(truncatingIfNeeded: count &- 1)
  }

  @usableFromInline
  mutating func grow() {
    require(capacity < 1 << 30, "a program of more than 2^30 operations cannot be taped")
    let larger = UnsafeMutablePointer<Entry>.allocate(capacity: 2 * capacity)
    larger.initialize(from: entries, count: count)
    entries.deallocate()
    entries = larger
    capacity *= 2
  }
}

/// A record, and the way back over it.
@usableFromInline
final class Tape {
  @usableFromInline let record: UnsafeMutablePointer<TapeRecord>
  private var adjoints: [Double] = []

  @usableFromInline
  init() {
    record = .allocate(capacity: 1)
    record.initialize(to: TapeRecord())
  }

  deinit {
    record.pointee.entries.deallocate()
    record.deallocate()
  }

  /// The derivatives of the sum of the numbers at `ends` by the first `gradient.count` numbers.
  @usableFromInline
  func differentiate(_ ends: [Int32], into gradient: inout [Double]) {
    let (entries, count) = (record.pointee.entries, record.pointee.count)
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
