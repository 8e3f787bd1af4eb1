/// A sum of multiples of random integers, and a constant: `x + y`, `x - y`, `2 * x + 1`.
///
/// Terms are kept in the order of their variables and like terms are merged, so equal expressions
/// are equal values however they are written.
public struct IntegerSum: Equatable, Sendable {
  /// The summand without a variable.
  public var constant: Int
  var terms: [Term] = []

  struct Term: Equatable, Sendable {
    var bits: UInt64
    var coefficient: Int
  }

  /// A number.
  public init(_ constant: Int) {
    self.constant = constant
  }

  /// A variable; if its value is known, that number.
  public init(_ variable: Random<Int>) {
    self.init(variable, times: 1)
  }

  init(_ variable: Random<Int>, times coefficient: Int) {
    if let known = variable.known {
      constant = 0.adding(saturating: known, times: coefficient)
    } else {
      constant = 0
      terms = [Term(bits: variable.bits, coefficient: coefficient)]
    }
  }

  mutating func add(_ other: IntegerSum, times factor: Int) {
    constant = constant.adding(saturating: other.constant, times: factor)
    for term in other.terms {
      let coefficient = factor * term.coefficient
      let place = terms.firstIndex { $0.bits >= term.bits } ?? terms.count
      if place < terms.count && terms[place].bits == term.bits {
        terms[place].coefficient += coefficient
      } else {
        terms.insert(Term(bits: term.bits, coefficient: coefficient), at: place)
      }
    }
  }
}

extension IntegerSum {
  public static func + (left: IntegerSum, right: IntegerSum) -> IntegerSum {
    var result = left
    result.add(right, times: 1)
    return result
  }

  public static func - (left: IntegerSum, right: IntegerSum) -> IntegerSum {
    var result = left
    result.add(right, times: -1)
    return result
  }

  public static func * (left: Int, right: IntegerSum) -> IntegerSum {
    var result = IntegerSum(0)
    result.add(right, times: left)
    return result
  }

  public static prefix func - (operand: IntegerSum) -> IntegerSum { -1 * operand }

  public static func + (left: IntegerSum, right: Random<Int>) -> IntegerSum {
    left + IntegerSum(right)
  }

  public static func - (left: IntegerSum, right: Random<Int>) -> IntegerSum {
    left - IntegerSum(right)
  }

  public static func + (left: IntegerSum, right: Int) -> IntegerSum { left + IntegerSum(right) }

  public static func - (left: IntegerSum, right: Int) -> IntegerSum { left - IntegerSum(right) }

  public static func + (left: Int, right: IntegerSum) -> IntegerSum { right + left }

  public static func - (left: Int, right: IntegerSum) -> IntegerSum { IntegerSum(left) - right }
}

extension Random where Value == Int {
  public static func + (left: Random<Int>, right: Random<Int>) -> IntegerSum {
    IntegerSum(left) + IntegerSum(right)
  }

  public static func - (left: Random<Int>, right: Random<Int>) -> IntegerSum {
    IntegerSum(left) - IntegerSum(right)
  }

  public static func + (left: Random<Int>, right: IntegerSum) -> IntegerSum {
    IntegerSum(left) + right
  }

  public static func - (left: Random<Int>, right: IntegerSum) -> IntegerSum {
    IntegerSum(left) - right
  }

  public static func + (left: Random<Int>, right: Int) -> IntegerSum { IntegerSum(left) + right }

  public static func - (left: Random<Int>, right: Int) -> IntegerSum { IntegerSum(left) - right }

  public static func + (left: Int, right: Random<Int>) -> IntegerSum { IntegerSum(right) + left }

  public static func - (left: Int, right: Random<Int>) -> IntegerSum { left - IntegerSum(right) }

  public static func * (left: Int, right: Random<Int>) -> IntegerSum {
    IntegerSum(right, times: left)
  }

  public static prefix func - (operand: Random<Int>) -> IntegerSum {
    IntegerSum(operand, times: -1)
  }
}
