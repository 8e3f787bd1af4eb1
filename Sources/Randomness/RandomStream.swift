import Glibc

/// The random numbers of one `RandomKey`, drawn in order: 2^65 of them, 64 bits each.
///
/// A value: a copy continues independently with the same numbers. Every draw of a distribution
/// uses a fixed number of words (but `uniform(below:)`, which rejects rarely).
@frozen
public struct RandomStream: RandomNumberGenerator, Sendable {
  @usableFromInline let key: RandomKey
  @usableFromInline var counter: UInt64 = 0
  /// The next words, `spareCount` of them: the last one, the one before, and the one before that.
  @usableFromInline var last: UInt64 = 0
  @usableFromInline var middle: UInt64 = 0
  @usableFromInline var first: UInt64 = 0
  @usableFromInline var spareCount: UInt64 = 0

  @inlinable
  init(key: RandomKey) {
    self.key = key
  }

  /// Part number `part` of the key's numbers, of 2^33 words: parts do not overlap.
  ///
  /// Cheaper than a child key for each of many short streams, such as one for each particle.
  @inlinable
  public init(key: RandomKey, part: Int) {
    precondition(part >= 0 && part < 1 << 32, "part \(part) of 2^32")
    self.init(key: key)
    counter = UInt64(part) &<< 32
  }

  /// The next 64 random bits.
  @inlinable
  @inline(__always)
  public mutating func next() -> UInt64 {
    if spareCount == 0 { return nextBlock() }
    // The words stay where they are: to move them, right after they were written, takes longer.
    spareCount &-= 1
    return spareCount == 0 ? last : spareCount == 1 ? middle : first
  }

  /// The first word of the next block, where there are no spare ones.
  @usableFromInline
  @inline(never)
  mutating func nextBlock() -> UInt64 {
    let words = Philox4x32.block((counter, key.high), key: key.low)
    counter &+= 1
    last = words.1
    spareCount = 1
    return words.0
  }

  /// A multiple of 2^-53 in `0..<1`, each equally likely.
  @inlinable
  public mutating func uniform() -> Double {
    Double(next() &>> 11) * 0x1p-53
  }

  /// An integer in `0..<bound`, each equally likely; `bound` must be positive.
  ///
  /// Source: Lemire, "Fast random integer generation in an interval" (TOMACS 2019).
  @inlinable
  public mutating func uniform(below bound: Int) -> Int {
    precondition(bound > 0, "uniform(below: \(bound)): the bound must be positive")
    let range = UInt64(bound)
    var product = next().multipliedFullWidth(by: range)
    if product.low < range {
      let threshold = (0 &- range) % range
      while product.low < threshold {
        product = next().multipliedFullWidth(by: range)
      }
    }
    return Int(product.high)
  }

  /// A standard normal number (Box–Muller, its cosine half).
  public mutating func normal() -> Double {
    // 1 - u lies in (0, 1], so the logarithm is finite.
    let radius = (-2 * log(1 - uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// An index with probability proportional to `exp(logWeights[index])`.
  ///
  /// Weights of `-infinity` are never drawn. At least one weight must be finite; none may be NaN
  /// or `+infinity`.
  public mutating func categorical(logWeights: [Float]) -> Int {
    var largest = -Float.infinity
    for (index, weight) in logWeights.enumerated() {
      precondition(weight < .infinity, "categorical: log-weight \(weight) at index \(index)")
      largest = max(largest, weight)
    }
    precondition(
      largest > -.infinity, "categorical: none of \(logWeights.count) options has positive weight")
    var total = 0.0
    for weight in logWeights {
      total += exp(Double(weight) - Double(largest))
    }
    var remaining = uniform() * total
    var lastPossible = 0
    for (index, weight) in logWeights.enumerated() where weight > -.infinity {
      lastPossible = index
      remaining -= exp(Double(weight) - Double(largest))
      if remaining < 0 { return index }
    }
    // Rounding can leave a sliver of the total; it belongs to the last option.
    return lastPossible
  }

  /// Puts `array` into a random order, each equally likely (Fisher–Yates).
  ///
  /// Unlike `Array.shuffle(using:)`, the order is fixed by the key for all standard libraries.
  @inlinable
  public mutating func shuffle<Element>(_ array: inout [Element]) {
    var last = array.count - 1
    while last > 0 {
      array.swapAt(last, uniform(below: last + 1))
      last -= 1
    }
  }
}
