import CGMP

/// A natural number of any size, immutable, held by GMP.
///
/// Literals of a theory (`#literal`) carry one. Arithmetic here is exact; nothing in the kernel
/// ever unfolds a number into that many successors.
public final class Natural: @unchecked Sendable {
  // Unchecked because the struct holds a pointer to its limbs. They are written before `init`
  // returns, never afterwards, and released in `deinit`.
  private let integer: CGMPInteger

  private init(taking integer: CGMPInteger) {
    self.integer = integer
  }

  /// The natural number `value`.
  public init(_ value: UInt64) {
    integer = cgmp_make(value)
  }

  /// Reads decimal digits; leading zeros are allowed.
  ///
  /// `nil` if `decimal` is empty, longer than `maxDigits`, or holds anything but `0`…`9`.
  public init?(decimal: some StringProtocol, maxDigits: Int = 4096) {
    let digits = decimal.utf8
    guard !digits.isEmpty, digits.count <= maxDigits,
      digits.allSatisfy({ UInt8(ascii: "0") <= $0 && $0 <= UInt8(ascii: "9") })
    else { return nil }
    integer = decimal.withCString { cgmp_parse($0) }
  }

  deinit {
    cgmp_release(integer)
  }

  /// Number of limbs of 64 bits; 0 for 0.
  var limbCount: Int { cgmp_limb_count(integer) }

  /// Whether the number is 0.
  public var isZero: Bool { limbCount == 0 }

  /// The number minus one; `nil` for 0.
  public var predecessor: Natural? {
    isZero ? nil : Natural(taking: cgmp_predecessor(integer))
  }

  public static func + (a: Natural, b: Natural) -> Natural {
    Natural(taking: cgmp_add(a.integer, b.integer))
  }

  public static func * (a: Natural, b: Natural) -> Natural {
    Natural(taking: cgmp_multiply(a.integer, b.integer))
  }
}

extension Natural: Hashable {
  public static func == (a: Natural, b: Natural) -> Bool {
    cgmp_compare(a.integer, b.integer) == 0
  }

  public func hash(into hasher: inout Hasher) {
    for index in 0..<limbCount {
      hasher.combine(cgmp_limb(integer, index))
    }
  }
}

extension Natural: Comparable {
  public static func < (a: Natural, b: Natural) -> Bool {
    cgmp_compare(a.integer, b.integer) < 0
  }
}

extension Natural: CustomStringConvertible {
  /// The decimal digits, without leading zeros.
  public var description: String {
    let capacity = cgmp_print_capacity(integer)
    return String(unsafeUninitializedCapacity: capacity) { buffer in
      buffer.withMemoryRebound(to: CChar.self) { characters in
        cgmp_print(integer, characters.baseAddress!)
      }
      return buffer.firstIndex(of: 0) ?? capacity
    }
  }
}
