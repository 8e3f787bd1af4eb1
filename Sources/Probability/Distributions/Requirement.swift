/// What a parameter must be, and whether it is.
struct Requirement {
  let parameter: String
  /// Becomes text only if it is reported.
  let value: Any
  let text: String
  let isMet: Bool

  init(_ parameter: String, _ value: Any, _ text: String, _ isMet: Bool) {
    self.parameter = parameter
    self.value = value
    self.text = text
    self.isMet = isMet
  }

  static func finite(_ parameter: String, _ value: Double) -> Requirement {
    Requirement(parameter, value, "finite", value.isFinite)
  }

  static func positive(_ parameter: String, _ value: Double) -> Requirement {
    Requirement(parameter, value, "positive and finite", Special.isPositive(value))
  }

  static func notNegative(_ parameter: String, _ value: Int) -> Requirement {
    Requirement(parameter, value, "at least 0", value >= 0)
  }

  static func probability(_ parameter: String, _ value: Double) -> Requirement {
    Requirement(parameter, value, "in 0...1", value >= 0 && value <= 1)
  }

  static func positiveProbability(_ parameter: String, _ value: Double) -> Requirement {
    Requirement(parameter, value, "in 0...1 and not 0", value > 0 && value <= 1)
  }

  static func covariance(_ parameter: String, _ matrix: DenseMatrix, dimension: Int) -> Requirement
  {
    if matrix.rows != dimension || matrix.columns != dimension {
      let size = "\(matrix.rows) × \(matrix.columns)"
      return Requirement(parameter, size, "\(dimension) × \(dimension)", false)
    }
    let isSound = matrix.isSymmetric() && Cholesky(matrix) != nil
    return Requirement(parameter, matrix.elements, "symmetric and positive definite", isSound)
  }

  /// One requirement that is not met by an element, or one that is.
  static func all(
    _ parameter: String, _ values: [Double], _ text: String, _ isMet: (Double) -> Bool
  ) -> Requirement {
    if values.isEmpty { return Requirement(parameter, "[]", "not empty", false) }
    guard let index = values.firstIndex(where: { !isMet($0) }) else {
      return Requirement(parameter, "", text, true)
    }
    return Requirement("\(parameter)[\(index)]", values[index], text, false)
  }

  static func probabilities(_ parameter: String, _ values: [Double]) -> Requirement {
    let each = all(parameter, values, "in 0...1") { $0 >= 0 && $0 <= 1 }
    guard each.isMet else { return each }
    let sum = values.reduce(0, +)
    return Requirement(
      "sum of the \(parameter)", sum, "1", abs(sum - 1) <= Special.simplexTolerance)
  }
}

extension DistributionFlaw {
  /// The first requirement that is not met.
  static func first(of distribution: String, _ requirements: Requirement...) -> DistributionFlaw? {
    guard let unmet = requirements.first(where: { !$0.isMet }) else { return nil }
    return DistributionFlaw(
      distribution: distribution, parameter: unmet.parameter, value: "\(unmet.value)",
      requirement: unmet.text)
  }
}

extension Special {
  /// How far from 1 the sum of probabilities may be, for sums of numbers given by decimals.
  static let simplexTolerance = 1e-8

  @inlinable
  static func isPositive(_ x: Double) -> Bool {
    x > 0 && x < .infinity
  }

  /// Whether `values` are probabilities with sum 1.
  @usableFromInline
  static func isSimplex(_ values: [Double]) -> Bool {
    var sum = 0.0
    for value in values {
      guard value >= 0 else { return false }
      sum += value
    }
    return !values.isEmpty && abs(sum - 1) <= simplexTolerance
  }
}
