import Glibc
public import Randomness

/// Standard normal numbers by covering the density with 256 strips of equal area.
///
/// Of 100 draws 99 take one random word, one table entry and one multiplication, a fraction of what
/// `RandomStream.normal()` takes; the numbers are others than that gives.
///
/// Sources: Marsaglia, Tsang, "The ziggurat method for generating random variables" (Journal of
/// Statistical Software 2000); Doornik, "An improved ziggurat method to generate normal random
/// samples" (2005), for the separate bits of strip and abscissa.
@frozen
public struct Ziggurat: Sendable {
  /// A strip from 0 to `width`, of which all below `certain` is under the density.
  @frozen
  @usableFromInline
  struct Strip: Sendable, BitwiseCopyable {
    /// In units of 2^-53.
    @usableFromInline var step: Double
    @usableFromInline var certain: Double
    /// exp(-x²/2) at `width` and at `certain`.
    @usableFromInline var low: Double
    @usableFromInline var high: Double
  }

  // 256 of them, which live forever; the index, one byte, needs no check.
  @usableFromInline nonisolated(unsafe) let strips: UnsafeBufferPointer<Strip>

  /// Where the tail begins: 256 strips fit exactly for this number, to 40 digits
  /// 3.654152885361008771645429720399515762975, by mpmath's `findroot`.
  @usableFromInline static let tail = 3.654152885361008771645429720399515762975

  /// The strips, computed once.
  public static let standard = Ziggurat()

  private init() {
    // tail·exp(-tail²/2) + the area beyond the tail.
    let area = 0.004928673233974655347361775402336028069134
    func density(_ x: Double) -> Double { exp(-0.5 * x * x) }
    var strips: [Strip] = []
    var width = area / density(Self.tail)
    var certain = Self.tail
    for index in 0..<256 {
      strips.append(
        Strip(
          step: width * 0x1p-53, certain: certain, low: index == 0 ? 0 : density(width),
          high: density(certain)))
      width = certain
      let next = area / certain + density(certain)
      certain = index < 254 ? (-2 * log(next)).squareRoot() : 0
    }
    let memory = UnsafeMutablePointer<Strip>.allocate(capacity: strips.count)
    memory.initialize(from: strips, count: strips.count)
    self.strips = UnsafeBufferPointer(start: memory, count: strips.count)
  }

  /// A standard normal number.
  @inlinable
  @inline(__always)
  public func normal(_ stream: inout RandomStream) -> Double {
    let word = stream.next()
    let strip = strips[Int(truncatingIfNeeded: word & 0xFF)]
    // Bits 0 to 7 are the strip, bit 8 the sign, bits 11 to 63 the abscissa.
    let x = Double(Int64(bitPattern: word &>> 11)) * strip.step
    let sign = (word & 0x100) &<< 55
    if x < strip.certain { return Double(bitPattern: x.bitPattern | sign) }
    return Double(bitPattern: reconsidered(x, word, &stream).bitPattern | sign)
  }

  /// The absolute value where the first word does not decide.
  @usableFromInline
  @inline(never)
  func reconsidered(_ x: Double, _ word: UInt64, _ stream: inout RandomStream) -> Double {
    var (x, index) = (x, Int(word & 0xFF))
    while true {
      let strip = strips[index]
      if x < strip.certain { return x }
      if index == 0 { return tailNumber(&stream) }
      let height = strip.low + stream.uniform() * (strip.high - strip.low)
      if height < exp(-0.5 * x * x) { return x }
      let word = stream.next()
      index = Int(word & 0xFF)
      x = Double(Int64(bitPattern: word &>> 11)) * strips[index].step
    }
  }

  /// A number beyond the tail's start.
  private func tailNumber(_ stream: inout RandomStream) -> Double {
    while true {
      let x = stream.exponential() / Self.tail
      let y = stream.exponential()
      if y + y > x * x { return Self.tail + x }
    }
  }
}
