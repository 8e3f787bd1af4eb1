/// A natural number: limbs to base 10⁹, the lowest first and the highest not 0.
struct Natural: Equatable {
  private static let base = 1_000_000_000
  let limbs: [Int]

  /// The sum of `digits[i]·10⁹ⁱ`, which is not negative; the digits may lie outside 0..<10⁹.
  init(_ digits: [Int]) {
    var (limbs, carry) = ([Int](), 0)
    for digit in digits {
      let limb = (digit + carry) % Natural.base
      limbs.append(limb < 0 ? limb + Natural.base : limb)
      carry = (digit + carry - limbs.last!) / Natural.base
    }
    if carry > 0 { limbs.append(carry) }
    self.limbs = Array(limbs[...(limbs.lastIndex { $0 > 0 } ?? -1)])
  }

  init(decimal text: ArraySlice<UInt8>) {
    let ends = stride(from: text.endIndex, to: text.startIndex, by: -9)
    self.init(
      ends.map { text[max(text.startIndex, $0 - 9)..<$0].reduce(0) { 10 * $0 + Int($1 & 15) } })
  }

  var isZero: Bool { limbs.isEmpty }

  /// For `bound < 10⁹`.
  func isAtMost(_ bound: Int) -> Bool { isZero || limbs.count == 1 && limbs[0] <= bound }

  /// The number before this one, which is not 0.
  var predecessor: Natural { Natural([limbs[0] - 1] + limbs.dropFirst()) }

  static func + (left: Natural, right: Natural) -> Natural {
    let count = max(left.limbs.count, right.limbs.count)
    let (a, b) = (left.padded(to: count), right.padded(to: count))
    return Natural(a.indices.map { a[$0] + b[$0] })
  }

  static func * (left: Natural, right: Natural) -> Natural {
    var digits = [Int](repeating: 0, count: left.limbs.count + right.limbs.count)
    for (i, limb) in left.limbs.enumerated() {
      var carry = 0
      for (j, other) in right.limbs.enumerated() {
        let digit = digits[i + j] + limb * other + carry  // less than 10¹⁸ + 10⁹
        digits[i + j] = digit % base
        carry = digit / base
      }
      digits[i + right.limbs.count] = carry
    }
    return Natural(digits)
  }

  private func padded(to count: Int) -> [Int] {
    limbs + [Int](repeating: 0, count: count - limbs.count)
  }
}
