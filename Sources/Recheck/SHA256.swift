/// SHA-256 (FIPS 180-4, section 6.2) of `bytes`, as 64 lower-case hexadecimal digits.
func sha256(_ bytes: ArraySlice<UInt8>) -> String {
  var message = Array(bytes) + [0x80]
  message += Array(repeating: 0, count: (120 - message.count % 64) % 64)
  message += stride(from: 56, through: 0, by: -8).map { UInt8((bytes.count * 8) >> $0 & 255) }
  var state = Array(squareRoots[..<8])
  var w = [UInt32](repeating: 0, count: 64)
  for block in stride(from: 0, to: message.count, by: 64) {
    for t in 0..<16 {
      w[t] = message[block + 4 * t..<block + 4 * t + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
    for t in 16..<64 {
      let s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ w[t - 15] >> 3
      let s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ w[t - 2] >> 10
      w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for t in 0..<64 {
      let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let t1 = h &+ s1 &+ (e & f ^ ~e & g) &+ cubeRoots[t] &+ w[t]
      let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let t2 = s0 &+ (a & b ^ a & c ^ b & c)
      (a, b, c, d, e, f, g, h) = (t1 &+ t2, a, b, c, d &+ t1, e, f, g)
    }
    for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= word }
  }
  return state.map { String(UInt64($0) | 1 << 32, radix: 16).dropFirst() }.joined()
}

private func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { x >> n | x << (32 - n) }

/// The fractional parts of the roots of the first primes, to 32 bits: the constants of SHA-256.
private let primes = (2...311).filter { n in (2..<n).allSatisfy { n % $0 > 0 } }.map { UInt128($0) }
private let squareRoots = primes.map { p in root(p << 64) { $0 * $0 } }
private let cubeRoots = primes.map { p in root(p << 96) { $0 * $0 * $0 } }

/// The low 32 bits of the largest number whose `power` is at most `bound`.
private func root(_ bound: UInt128, _ power: (UInt128) -> UInt128) -> UInt32 {
  var root: UInt128 = 0
  for bit in stride(from: 37, through: 0, by: -1) where power(root | 1 << UInt128(bit)) <= bound {
    root |= 1 << UInt128(bit)
  }
  return UInt32(truncatingIfNeeded: root)
}
