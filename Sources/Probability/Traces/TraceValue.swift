/// The value of a choice.
///
/// Literals convert: `["bias": 0.3, "count": 4, "rain": true]`.
public enum TraceValue {
  case number(Double)
  case integer(Int)
  case flag(Bool)
  case numbers([Double])
  case integers([Int])
  /// Anything else, like the matrix of a Wishart distribution.
  indirect case other(Any)

  @inlinable
  init<Value>(of value: Value) {
    if let value = value as? Double {
      self = .number(value)
    } else if let value = value as? Int {
      self = .integer(value)
    } else if let value = value as? Bool {
      self = .flag(value)
    } else if let value = value as? [Double] {
      self = .numbers(value)
    } else if let value = value as? [Int] {
      self = .integers(value)
    } else {
      self = .other(value)
    }
  }

  /// The value as the given type, if it is one.
  @inlinable
  func get<Value>(_ type: Value.Type) -> Value? {
    switch self {
    case .number(let value): value as? Value
    case .integer(let value): value as? Value
    case .flag(let value): value as? Value
    case .numbers(let value): value as? Value
    case .integers(let value): value as? Value
    case .other(let value): value as? Value
    }
  }

  /// The same, but integers are numbers too: `4` stands for `4.0`.
  @inlinable
  func converted<Value>(to type: Value.Type) -> Value? {
    if let value = get(type) { return value }
    switch self {
    case .integer(let value): return Double(value) as? Value
    case .integers(let values): return values.map { Double($0) } as? Value
    default: return nil
    }
  }
}

extension TraceValue: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral
{
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(integerLiteral value: Int) { self = .integer(value) }
  public init(booleanLiteral value: Bool) { self = .flag(value) }
  public init(arrayLiteral elements: Double...) { self = .numbers(elements) }
}

extension TraceValue: CustomStringConvertible {
  public var description: String {
    switch self {
    case .number(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .flag(let value): "\(value)"
    case .numbers(let value): "\(value)"
    case .integers(let value): "\(value)"
    case .other(let value): "\(value)"
    }
  }
}
