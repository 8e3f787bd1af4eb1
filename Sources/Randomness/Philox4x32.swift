/// The Philox4x32-10 counter-based generator: a keyed bijection of 128-bit counters.
///
/// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011),
/// section 4.
@frozen
public enum Philox4x32 {
  /// The block of four random words that `key` assigns to `counter`.
  @inlinable
  public static func block(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>
  ) -> SIMD4<UInt32> {
    var (c0, c1, c2, c3) = (counter.x, counter.y, counter.z, counter.w)
    var (k0, k1) = (key.x, key.y)
    for _ in 0..<10 {
      let product0 = UInt64(c0) &* 0xD251_1F53
      let product1 = UInt64(c2) &* 0xCD9E_8D57
      c0 = UInt32(truncatingIfNeeded: product1 &>> 32) ^ c1 ^ k0
      c1 = UInt32(truncatingIfNeeded: product1)
      c2 = UInt32(truncatingIfNeeded: product0 &>> 32) ^ c3 ^ k1
      c3 = UInt32(truncatingIfNeeded: product0)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
  }

  /// The same bijection on pairs of 64-bit words, low half first.
  @inlinable
  static func block(_ counter: (UInt64, UInt64), key: UInt64) -> (UInt64, UInt64) {
    let words = block(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: counter.0), UInt32(truncatingIfNeeded: counter.0 &>> 32),
        UInt32(truncatingIfNeeded: counter.1), UInt32(truncatingIfNeeded: counter.1 &>> 32)),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key &>> 32)))
    return (
      UInt64(words.x) | UInt64(words.y) &<< 32,
      UInt64(words.z) | UInt64(words.w) &<< 32
    )
  }

  /// Four blocks at once, of counters whose second 32-bit words follow one another, and whose first
  /// ones are 0.
  @inlinable
  static func fourBlocks(
    secondWord: Int, _ high: UInt64, key: UInt64
  ) -> (first: SIMD4<UInt64>, second: SIMD4<UInt64>) {
    // A 32-bit word in each 64-bit lane: what a multiplication leaves above it is ignored by the
    // next one.
    typealias Lanes = SIMD4<UInt64>
    let mask = Lanes(repeating: 0xFFFF_FFFF)
    var c0 = Lanes.zero
    var c1 = (Lanes(repeating: UInt64(truncatingIfNeeded: secondWord)) &+ Lanes(0, 1, 2, 3)) & mask
    var c2 = Lanes(repeating: high & 0xFFFF_FFFF)
    var c3 = Lanes(repeating: high &>> 32)
    var k0 = UInt32(truncatingIfNeeded: key)
    var k1 = UInt32(truncatingIfNeeded: key &>> 32)
    for _ in 0..<10 {
      let product0 = (c0 & mask) &* Lanes(repeating: 0xD251_1F53)
      let product1 = (c2 & mask) &* Lanes(repeating: 0xCD9E_8D57)
      c0 = product1 &>> 32 ^ c1 ^ Lanes(repeating: UInt64(k0))
      c1 = product1
      c2 = product0 &>> 32 ^ c3 ^ Lanes(repeating: UInt64(k1))
      c3 = product0
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0 & mask | c1 &<< 32, c2 & mask | c3 &<< 32)
  }
}
