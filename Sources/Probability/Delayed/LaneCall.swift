/// A term of an expression in the order in which the program wrote it.
@frozen
@usableFromInline
struct WrittenTerm: Sendable, Equatable, BitwiseCopyable {
  @usableFromInline var bits: UInt64
  @usableFromInline var coefficient: UInt64

  @usableFromInline
  init(bits: UInt64 = 0, coefficient: Double = 0) {
    (self.bits, self.coefficient) = (bits, coefficient.bitPattern)
  }

  /// Of a variable whose value is known, and another one in each particle: the bits of no variable.
  static var known: WrittenTerm { WrittenTerm(bits: Handle.none.bits) }
}

/// A variable and what it is multiplied with, or how much of a residual its mean takes up.
@frozen
@usableFromInline
struct Gain: Sendable, BitwiseCopyable {
  @usableFromInline var node: Int
  @usableFromInline var factor: Double

  @usableFromInline
  init(node: Int = 0, factor: Double = 0) {
    (self.node, self.factor) = (node, factor)
  }
}

/// A recorded call as the particles need it that follow: what theirs is compared with, and what it
/// does to means and values. All that most calls need is in it, in the order of its use.
@frozen
@usableFromInline
struct LaneCall: BitwiseCopyable {
  @usableFromInline var first = WrittenTerm()
  @usableFromInline var second = WrittenTerm()
  @usableFromInline var third = WrittenTerm()
  @usableFromInline var fourth = WrittenTerm()
  @usableFromInline var site = Site.unknown
  /// The kind of the call and the number of terms; 0 is the end of the step. With another bit where
  /// the mean is not just the sum of as many terms, or the spread is zero.
  @usableFromInline var shape: UInt64 = 0
  @usableFromInline var variance: UInt64 = 0
  /// The handle of what is assumed, realized or read.
  @usableFromInline var result: UInt64 = 0
  /// The node of what is assumed, realized or read.
  @usableFromInline var node = 0
  /// How many of the four terms of the mean below there are.
  @usableFromInline var liveCount = 0
  @usableFromInline var firstLive = Gain()
  @usableFromInline var secondLive = Gain()
  @usableFromInline var thirdLive = Gain()
  @usableFromInline var fourthLive = Gain()
  @usableFromInline var gains: UnsafeMutablePointer<Gain>
  @usableFromInline var gainCount = 0
  /// The terms of variables that have a value.
  @usableFromInline var known: UnsafeMutablePointer<Gain>
  @usableFromInline var knownCount = 0
  /// The predictive variance, its root, and log(2π·spread).
  @usableFromInline var spread = 0.0
  @usableFromInline var root = 0.0
  @usableFromInline var logarithm = 0.0
  /// What the particle that now follows found, for means that it need not know unless it leaves.
  @usableFromInline var residual = 0.0
  /// Of an elimination, the handles shown.
  @usableFromInline var shown: UnsafeMutablePointer<UInt64>
  @usableFromInline var isRead = false

  static var end: LaneCall { Nothing.shared.call.pointee }

  /// The end of a step.
  fileprivate init(_ nothing: Nothing) {
    (gains, known, shown) = (nothing.gain, nothing.gain, nothing.shown)
  }

  @inlinable
  @inline(__always)
  static func shape(_ kind: RecordedCall.Kind, terms: Int) -> UInt64 {
    UInt64(kind.rawValue) | UInt64(truncatingIfNeeded: terms) &<< 8
  }

  @inlinable static var isUnusual: UInt64 { 0x10000 }

  /// The mean of the terms without a value, where there are `count` of them.
  @inlinable
  @inline(__always)
  static func mean(
    _ call: UnsafeMutablePointer<LaneCall>, _ cells: UnsafeMutablePointer<Double>, terms count: Int
  ) -> Double {
    var total = 0.0
    if count > 0 {
      total += call.pointee.firstLive.factor * cells[call.pointee.firstLive.node]
    }
    if count > 1 {
      total += call.pointee.secondLive.factor * cells[call.pointee.secondLive.node]
    }
    if count > 2 {
      total += call.pointee.thirdLive.factor * cells[call.pointee.thirdLive.node]
    }
    if count > 3 {
      total += call.pointee.fourthLive.factor * cells[call.pointee.fourthLive.node]
    }
    return total
  }

  /// The constant with the terms that have a value.
  static func withKnown(
    _ call: UnsafeMutablePointer<LaneCall>, _ cells: UnsafeMutablePointer<Double>,
    _ constant: Double
  ) -> Double {
    var constant = constant
    for index in 0..<call.pointee.knownCount {
      let term = call.pointee.known[index]
      constant += term.factor * cells[term.node]
    }
    return constant
  }

  @inlinable
  @inline(__always)
  static func absorb(
    _ call: UnsafeMutablePointer<LaneCall>, _ cells: UnsafeMutablePointer<Double>,
    _ residual: Double
  ) {
    call.pointee.residual = residual
    var gain = call.pointee.gains
    var rest = call.pointee.gainCount
    while rest > 1 {
      cells[gain[0].node] += gain[0].factor * residual
      cells[gain[1].node] += gain[1].factor * residual
      gain += 2
      rest &-= 2
    }
    if rest > 0 { cells[gain[0].node] += gain[0].factor * residual }
  }
}

/// What stands where there is no record.
struct Nothing: @unchecked Sendable {
  let gain: UnsafeMutablePointer<Gain>
  /// A handle of no variable.
  let shown: UnsafeMutablePointer<UInt64>
  let cell: UnsafeMutablePointer<Double>
  /// The end of a step.
  let call: UnsafeMutablePointer<LaneCall>

  /// Lives forever, and is never written to.
  static let shared = Nothing()

  private init() {
    gain = .allocate(capacity: 1)
    gain.initialize(to: Gain())
    shown = .allocate(capacity: 1)
    shown.initialize(to: Handle.none.bits)
    cell = .allocate(capacity: 1)
    cell.initialize(to: 0)
    call = .allocate(capacity: 1)
    call.initialize(to: LaneCall(self))
  }
}

/// The call that another particle made in the same place, and how one's own differs from it.
@frozen
public struct WrittenTerms {
  @usableFromInline let call: UnsafeMutablePointer<LaneCall>
  @usableFromInline let kind: RecordedCall.Kind
  /// How many terms one's own has.
  @usableFromInline var count = 0
  /// Zero as long as all is the same.
  @usableFromInline var difference: UInt64

  @inlinable
  @inline(__always)
  init(_ call: UnsafeMutablePointer<LaneCall>, _ kind: RecordedCall.Kind, _ site: Site) {
    self.call = call
    self.kind = kind
    difference = call.pointee.site.bits ^ site.bits
  }

  @inlinable
  @inline(__always)
  mutating func compare(variance: Double) {
    difference |= variance.bitPattern ^ call.pointee.variance
  }

  @inlinable
  @inline(__always)
  mutating func compare(count: Int) {
    self.count = count
    difference |= call.pointee.shape ^ LaneCall.shape(kind, terms: count)
  }

  /// Compares a term with number `index`, at most 3.
  @inlinable
  @inline(__always)
  mutating func compare(_ index: Int, _ term: Affine.Term) {
    let other: WrittenTerm
    switch index {
    case 0: other = call.pointee.first
    case 1: other = call.pointee.second
    case 2: other = call.pointee.third
    default: other = call.pointee.fourth
    }
    difference |= (term.bits ^ other.bits) | (term.coefficient.bitPattern ^ other.coefficient)
  }
}
