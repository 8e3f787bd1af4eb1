/// A name for a source of randomness: 128 bits from which streams and further keys derive.
///
/// Keys form a tree. A run starts at one seed; each part of it draws from its own child, so adding
/// a draw in one place changes nothing elsewhere, and work can be redone in any order:
///
///     let slotKey = RandomKey(seed: 0).child("iteration", 3).child("pose").child("slot", 17)
///     var random = slotKey.stream()
///
/// A key is not a secret: Philox is statistically sound, not cryptographic.
@frozen
public struct RandomKey: Hashable, Sendable {
  @usableFromInline var low: UInt64
  @usableFromInline var high: UInt64

  @inlinable
  init(low: UInt64, high: UInt64) {
    (self.low, self.high) = (low, high)
  }

  /// The root key of `seed`; different seeds give different keys.
  public init(seed: UInt64) {
    // Any fixed start serves; these are digits of pi.
    self.init(low: 0x243F_6A88_85A3_08D3, high: 0x1319_8A2E_0370_7344)
    absorb(seed)
  }

  /// The key named `label`, `index` under this one.
  ///
  /// Equal arguments give equal keys; different ones give different keys, up to collisions of a
  /// 128-bit hash.
  public func child(_ label: String, _ index: Int = 0) -> RandomKey {
    var key = self
    var block: UInt64 = 0
    var length: UInt64 = 0
    for byte in label.utf8 {
      block |= UInt64(byte) &<< (8 &* (length & 7))
      length &+= 1
      if length & 7 == 0 {
        key.absorb(block)
        block = 0
      }
    }
    key.absorb(block)
    // The length last makes the padding of the label unambiguous.
    key.absorb(length)
    key.absorb(UInt64(bitPattern: Int64(index)))
    return key
  }

  /// The random numbers of this key, from the first one.
  @inlinable
  public func stream() -> RandomStream {
    RandomStream(key: self)
  }

  /// Davies–Meyer: the message is the cipher's key, the state its input, fed forward.
  private mutating func absorb(_ message: UInt64) {
    let mixed = Philox4x32.block((low, high), key: message)
    low ^= mixed.0
    high ^= mixed.1
  }
}

extension RandomKey: LosslessStringConvertible {
  /// 32 lower-case hexadecimal digits.
  public var description: String {
    Self.digits(of: high) + Self.digits(of: low)
  }

  /// Reads `description` back; `nil` unless the text is 32 hexadecimal digits.
  public init?(_ description: String) {
    let digits = Array(description.utf8)
    guard digits.count == 32 else { return nil }
    var words: [UInt64] = [0, 0]
    for (position, digit) in digits.enumerated() {
      guard let value = Self.value(ofDigit: digit) else { return nil }
      words[position / 16] = words[position / 16] << 4 | value
    }
    self.init(low: words[1], high: words[0])
  }

  private static func digits(of word: UInt64) -> String {
    let text = String(word, radix: 16)
    return String(repeating: "0", count: 16 - text.utf8.count) + text
  }

  private static func value(ofDigit digit: UInt8) -> UInt64? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt64(digit - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt64(digit - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt64(digit - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}

extension RandomKey: Codable {
  /// As text: JSON numbers do not carry 64 bits everywhere.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let key = RandomKey(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a random key is 32 hexadecimal digits, not '\(text)'")
    }
    self = key
  }
}
